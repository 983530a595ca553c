using Ashlar.Tiny.Corpus;

namespace Ashlar.Tiny.Judging;

/// <summary>What became of a question.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">What the model answered.</param>
/// <param name="IsValid">Whether the answer has the form that was asked for.</param>
/// <param name="IsRight">Whether it is right.</param>
internal sealed record Verdict(HeldOutQuestion Question, string Answer, bool IsValid, bool IsRight);
