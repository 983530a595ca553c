using Ashlar.Bench;

switch (args)
{
    case ["tokenizer", var model]:
        TokenizerBenchmark.Run(model);
        return 0;
    default:
        Console.Error.WriteLine("usage: Ashlar.Bench tokenizer MODEL    bytes per second of a GGUF file's tokenizer, prose beside hostile texts");
        return 2;
}
