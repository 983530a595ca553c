using Ashlar.Training.Data.Tokens;

namespace Ashlar.Training.Data;

/// <summary>One source of documents, tokenized.</summary>
/// <param name="Name">For reports.</param>
/// <param name="File">The documents.</param>
/// <param name="Weight">How often documents are drawn from it, beside the other sources' weights.</param>
/// <param name="HeldOut">What evaluation keeps.</param>
/// <param name="IsCut">Whether a document may be cut at the end of a row; otherwise it lies in one row.</param>
/// <param name="Until">The share of the run's steps after which no more documents are drawn from it; 1 for the whole run.</param>
internal sealed record DataSource(string Name, TokenFile File, double Weight, HeldOut HeldOut, bool IsCut, double Until = 1)
    : IDisposable
{
    /// <summary>Whether documents are drawn from it when this share of the run's steps is done.</summary>
    public bool IsOpenAt(double progress) => Until >= 1 || progress < Until;

    /// <summary>Whether training may draw a document: it has two tokens, and evaluation does not keep it.</summary>
    public bool IsTrainedOn(long document) => File.Length(document) >= 2 && !HeldOut.Contains(File, document);

    /// <summary>The documents that evaluation keeps, in order.</summary>
    public IEnumerable<long> HeldOutDocuments()
    {
        for (var document = 0L; document < File.Documents; document++)
        {
            if (File.Length(document) >= 2 && HeldOut.Contains(File, document)) yield return document;
        }
    }

    /// <summary>Refuses a source that gives nothing to train on, or a document that fits no row.</summary>
    /// <exception cref="InvalidDataException">It is so; the message names the source.</exception>
    public void Check(int rowLength)
    {
        var trained = 0L;
        for (var document = 0L; document < File.Documents; document++)
        {
            if (File.Length(document) - 1 > rowLength && !IsCut)
            {
                throw new InvalidDataException($"data '{Name}': sample {document + 1} has {File.Length(document)} tokens, "
                    + $"more than rows of {rowLength} hold; make rows longer, or samples shorter");
            }

            if (IsTrainedOn(document)) trained++;
        }

        if (trained == 0)
        {
            throw new InvalidDataException($"data '{Name}' has no document to train on: {File.Documents} in all, of which "
                + $"a share of {HeldOut.Share} is held out; give more data, or hold out less");
        }
    }

    public void Dispose() => File.Dispose();
}
