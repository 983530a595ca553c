namespace Ashlar.Engine.Grammars;

/// <summary>What an output must look like. <see cref="GrammarCompiler"/> checks it and says what is wrong.</summary>
public abstract record GrammarSource
{
    private protected GrammarSource()
    {
    }
}

/// <summary>
/// A JSON document that a schema of draft 2020-12 allows. Properties come in the order of the schema, then those that only
/// <c>required</c> names, then others; white space between tokens is nothing, one space, or one line break and up to 32 blanks.
/// Where a string is restricted by its value (<c>pattern</c>, <c>format</c>, <c>enum</c>, <c>const</c>, property names), it is
/// written in one way: only what must be escaped is. Likewise numbers with bounds or <c>multipleOf</c> have no exponent, and
/// integers no fraction. Properties that the schema does not name may repeat.
/// </summary>
/// <param name="Schema">The schema as JSON: an object, <c>true</c> or <c>false</c>.</param>
public sealed record JsonSchemaGrammar(string Schema) : GrammarSource;

/// <summary>Any JSON object: "JSON mode". Its keys may repeat.</summary>
public sealed record JsonObjectGrammar : GrammarSource;

/// <summary>A text that matches a regular expression as a whole.</summary>
/// <param name="Pattern">A pattern of ECMA-262, matched by code points; without look-around, back references and \b.</param>
public sealed record RegexGrammar(string Pattern) : GrammarSource;

/// <summary>A text that a grammar in llama.cpp's GBNF notation derives from its rule <c>root</c>.</summary>
/// <param name="Text">
/// The rules. <c>%json { ... }</c> may stand wherever an element may, and means a JSON value of the schema in the braces.
/// </param>
public sealed record GbnfGrammar(string Text) : GrammarSource;

/// <summary>One of several texts.</summary>
/// <param name="Choices">The texts, one or more.</param>
public sealed record ChoiceGrammar(IReadOnlyList<string> Choices) : GrammarSource;

/// <summary>
/// Free text in which a trigger must be the beginning of a tag: its <see cref="StructuralTag.Begin"/>, JSON, and its
/// <see cref="StructuralTag.End"/>, after which text is free again.
/// </summary>
/// <param name="Tags">The tags, one or more.</param>
/// <param name="Triggers">Texts that do not occur but as the beginning of a tag; each tag begins with one.</param>
public sealed record StructuralTagGrammar(IReadOnlyList<StructuralTag> Tags, IReadOnlyList<string> Triggers) : GrammarSource
{
    /// <summary>Whether the text may end only behind a tag was written.</summary>
    public bool AtLeastOne { get; init; }

    /// <summary>Whether nothing may follow the first tag.</summary>
    public bool StopAfterFirst { get; init; }
}

/// <summary>A tag of a <see cref="StructuralTagGrammar"/>.</summary>
/// <param name="Begin">What stands before the JSON.</param>
/// <param name="Schema">The schema of the JSON, as in <see cref="JsonSchemaGrammar"/>.</param>
/// <param name="End">What stands behind it.</param>
public sealed record StructuralTag(string Begin, string Schema, string End);
