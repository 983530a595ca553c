using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Commands;

/// <summary>Asks for facts.</summary>
internal static class Questions
{
    /// <summary>How a question begins in training now and then; those that are held out are asked without.</summary>
    private const string Before = "[||||||||||Hi! |Hello. |Please help me. |I have a question. |Quick question: |I am new here. |One more thing. ]";

    /// <summary>A question in a wording that is trained on.</summary>
    public static string Trained(Fact fact, Draw draw)
    {
        var question = Ask(fact, draw.Pick(QuestionForms.Of(fact.Kind).Trained), draw);
        if (draw.Chance(10)) question = question.TrimEnd('?', '.');
        else if (draw.Chance(5)) question = char.ToLowerInvariant(question[0]) + question[1..];
        return Phrase.Say(draw, Before) + question;
    }

    /// <summary>A question in a wording that is held out, by its number.</summary>
    public static string HeldOut(Fact fact, int form, Draw draw) => Ask(fact, QuestionForms.Of(fact.Kind).HeldOut[form], draw);

    /// <summary>Asks for a fact in one wording.</summary>
    internal static string Ask(Fact fact, string form, Draw draw)
    {
        var words = new (string Name, string Value)[fact.Words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            var (name, value) = fact.Words[i];
            words[i] = (name, name switch
            {
                "cmd" => Phrase.Say(draw, "[{cmd}|{cmd}|{cmd}|`{cmd}`]", ("cmd", value)),
                "opt" or "var" => Phrase.Say(draw, "[{it}|{it}|{it}|`{it}`]", ("it", value)),
                _ => value,
            });
        }

        var question = Phrase.Say(draw, form, words);
        return char.ToUpperInvariant(question[0]) == question[0] || question.StartsWith("ashlar", StringComparison.Ordinal)
            ? question
            : char.ToUpperInvariant(question[0]) + question[1..];
    }
}
