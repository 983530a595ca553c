namespace Ashlar.Models;

/// <summary>How the hidden states of a text's tokens become one vector.</summary>
public enum Pooling
{
    /// <summary>Their mean. Of a model that looks back only, early tokens know little of the text.</summary>
    Mean,

    /// <summary>The first token's, <c>[CLS]</c> of encoders. In a model that looks back only it knows nothing of the text.</summary>
    Cls,

    /// <summary>The last token's: for models that look back only, as those supported here do.</summary>
    Last,
}
