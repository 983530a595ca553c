using Ashlar.Training.Data.Tokens;

namespace Ashlar.Training.Data;

/// <summary>How the documents that evaluation keeps for itself are chosen.</summary>
public enum HeldOutMethod
{
    /// <summary>By a hash of the content, so that copies of a document fall on one side.</summary>
    Hash,

    /// <summary>The last ones of the file.</summary>
    Last,
}

/// <summary>The part of a source that is never trained on.</summary>
/// <param name="Share">How much of it, 0 to below 1.</param>
/// <param name="Method">How the documents are chosen.</param>
public sealed record HeldOut(double Share, HeldOutMethod Method = HeldOutMethod.Hash)
{
    /// <summary>Whether a document is kept for evaluation.</summary>
    internal bool Contains(TokenFile file, long document) => Method == HeldOutMethod.Hash
        ? Data.Hash.Uniform(file.HashOf(document)) < Share
        : document >= file.Documents - (long)Math.Ceiling(file.Documents * Share);
}
