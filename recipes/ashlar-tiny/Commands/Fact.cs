namespace Ashlar.Tiny.Commands;

/// <summary>Something true of the program that can be asked for.</summary>
/// <param name="Kind">What is asked; a kind of <see cref="QuestionForms"/>.</param>
/// <param name="Words">What fills the places of a question.</param>
/// <param name="Answer">The whole answer, short and exact.</param>
internal sealed record Fact(string Kind, (string Name, string Value)[] Words, string Answer);
