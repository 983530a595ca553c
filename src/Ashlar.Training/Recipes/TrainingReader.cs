using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Training.Optimizers;
using Ashlar.Training.Parameters;
using Ashlar.Training.Schedules;

namespace Ashlar.Training.Recipes;

/// <summary>Reads the sections of a recipe that say how is trained.</summary>
public static class TrainingReader
{
    internal static TrainingOptions Read(RecipeSection recipe, ulong seed)
    {
        var (batch, optimizer) = (recipe.Section("batch"), recipe.Section("optimizer"));
        var options = new TrainingOptions
        {
            Rows = batch.Of("rows", 8, 1, 1 << 16),
            Length = batch.Of("length", 256, 1, 1 << 20),
            Accumulation = batch.Of("accumulation", 1, 1, 1 << 16),
            LearningRate = optimizer.Of("rate", 1e-3, 0, 1000),
            ClipNorm = optimizer.Of("clip", 1.0, 0, 1e9),
            Schedule = ReadSchedule(recipe),
            Optimizer = ReadOptimizer(optimizer),
            Average = recipe.Of("average", 0.0, 0, 0.999999),
            Dropout = recipe.Of("dropout", 0.0, 0, 0.99),
            Products = recipe.Choice("precision", DType.F32, ("f32", DType.F32), ("bf16", DType.BF16)),
            Lora = ReadLora(recipe.Section("lora")),
            Threads = recipe.Of("threads", 0, 0, 1024),
            Seed = seed,
        };
        batch.Close();
        optimizer.Close();
        return options;
    }

    /// <summary>Which layers names choose: whole names, or what stands behind <c>blk.N.</c>, with * for any letters.</summary>
    public static Func<string, bool> LayersOf(IReadOnlyList<string> names) => layer => names.Any(
        name => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(name, layer, ignoreCase: false)
            || System.IO.Enumeration.FileSystemName.MatchesSimpleExpression($"blk.*.{name}", layer, ignoreCase: false));

    private static Schedule ReadSchedule(RecipeSection recipe)
    {
        var steps = recipe.Required("steps", 1L, 1L << 40);
        var schedule = recipe.Section("schedule");
        var shape = schedule.Choice("shape", "cosine", ("cosine", "cosine"), ("linear", "linear"), ("wsd", "wsd"),
            ("constant", "constant"));
        var warmup = schedule.Of("warmup", Math.Min(steps / 20, 1000), 0, steps);
        var floor = schedule.Of("floor", shape == "cosine" ? 0.1 : 0, 0, 1);
        var decay = schedule.Of("decay", Math.Min(steps / 5, steps - warmup), 0, steps - warmup);
        schedule.Close();
        return shape switch
        {
            "linear" => new LinearSchedule(steps, warmup, floor),
            "wsd" => new StableSchedule(steps, warmup, decay, floor),
            "constant" => new ConstantSchedule(steps, warmup),
            _ => new CosineSchedule(steps, warmup, floor),
        };
    }

    private static Func<ParameterSet, Optimizer> ReadOptimizer(RecipeSection section)
    {
        var name = section.Choice("name", "adamw", ("adamw", "adamw"), ("sgd", "sgd"), ("lion", "lion"), ("muon", "muon"));
        var decay = new WeightDecay(section.Of("weight_decay", 0.1, 0, 100), section.Flag("decay_embeddings", false));
        const double Below = 0.9999999;
        var (beta1, beta2) = (section.Of("beta1", 0.9, 0, Below), section.Of("beta2", name == "lion" ? 0.99 : 0.95, 0, Below));
        var (epsilon, nesterov) = (section.Of("epsilon", 1e-8, 1e-30, 1), section.Flag("nesterov", false));
        var momentum = section.Of("momentum", name == "muon" ? 0.95 : 0.9, 0, Below);
        return name switch
        {
            "sgd" => parameters => new MomentumSgd(parameters, decay, momentum, nesterov),
            "lion" => parameters => new Lion(parameters, decay, beta1, beta2),
            "muon" => parameters => new Muon(parameters, decay, momentum, beta1, beta2, epsilon),
            _ => parameters => new AdamW(parameters, decay, beta1, beta2, epsilon),
        };
    }

    private static LoraForm? ReadLora(RecipeSection section)
    {
        if (!section.IsGiven) return null;
        var names = section.Texts("layers");
        var rank = section.Of("rank", 8, 1, 1024);
        var form = new LoraForm(
            LayersOf(names.Count > 0 ? names : ["attn_*", "ffn_*"]), rank, section.Of("alpha", 2.0 * rank, 1e-6, 1e6));
        section.Close();
        return form;
    }
}
