using Ashlar.Tiny.Drawing;

namespace Ashlar.Tiny.Corpus;

/// <summary>One of the four parts of the text.</summary>
/// <param name="Name">Its name, and that of its files.</param>
/// <param name="PretrainShare">How many in a hundred of the tokens to pre-train on.</param>
/// <param name="InstructShare">How many in a hundred of the tokens to instruct with.</param>
/// <param name="Text">Makes a text to pre-train on; held out or not.</param>
/// <param name="Talk">Makes a conversation.</param>
internal sealed record Part(
    string Name, int PretrainShare, int InstructShare, Func<Draw, bool, string> Text, Func<Draw, Message[]> Talk);
