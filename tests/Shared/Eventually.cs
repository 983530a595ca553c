using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ashlar.Testing;

/// <summary>Waits for what others bring about: a test that waits for what never comes fails, and says for what it waited.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    /// <summary>Returns once something holds.</summary>
    /// <param name="isSo">What shall hold; asked every millisecond, so it must be something that lasts.</param>
    /// <param name="within">How long it may take, where that is a part of the test; else two minutes.</param>
    /// <param name="what">Its text.</param>
    public static Task HoldsAsync(
        Func<bool> isSo, TimeSpan? within = null, [CallerArgumentExpression(nameof(isSo))] string what = "") =>
        HoldsAsync(() => Task.FromResult(isSo()), within, what);

    /// <summary>Returns once something holds.</summary>
    /// <param name="isSo">What shall hold.</param>
    /// <param name="within">How long it may take, where that is a part of the test; else two minutes.</param>
    /// <param name="what">Its text.</param>
    public static async Task HoldsAsync(
        Func<Task<bool>> isSo, TimeSpan? within = null, [CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        var most = within ?? Ample;
        for (var began = Stopwatch.GetTimestamp(); !await isSo();)
        {
            if (Stopwatch.GetElapsedTime(began) >= most) Assert.Fail($"waited {most.TotalSeconds} s in vain for {what}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
