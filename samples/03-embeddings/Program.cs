using Ashlar.Engine;

// search MODEL.gguf QUERY
if (args is not [var path, var query])
{
    Console.Error.WriteLine("usage: search MODEL.gguf QUERY");
    return 2;
}

string[] sentences =
[
    "The cat sleeps on the warm roof.",
    "A little dog runs after the ball.",
    "Mom made a big cake with red berries.",
    "It rained all day and the grass was wet.",
    "Tim read a book about the stars.",
];

using var generator = AshlarEmbeddingGenerator.Load(path);
var vectors = await generator.GenerateAsync([query, .. sentences]);

// All vectors have length 1: their product is the cosine of the angle between them.
var found = sentences.Zip(vectors.Skip(1), (sentence, vector) => (sentence, score: Dot(vectors[0].Vector.Span, vector.Vector.Span)));
foreach (var (sentence, score) in found.OrderByDescending(pair => pair.score)) Console.WriteLine($"{score,6:F3}  {sentence}");
return 0;

static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
{
    var sum = 0f;
    for (var i = 0; i < left.Length; i++) sum += left[i] * right[i];
    return sum;
}
