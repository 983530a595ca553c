using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ashlar.Testing;

/// <summary>Waits for what others bring about: a test that waits for what never comes fails, and says for what it waited.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(2);

    /// <summary>Returns once something holds.</summary>
    /// <param name="isSo">What shall hold; asked every millisecond, so it must be something that lasts.</param>
    /// <param name="what">Its text.</param>
    public static Task HoldsAsync(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "") =>
        HoldsAsync(() => Task.FromResult(isSo()), what);

    /// <summary>Returns once something holds.</summary>
    /// <param name="isSo">What shall hold.</param>
    /// <param name="what">Its text.</param>
    public static async Task HoldsAsync(Func<Task<bool>> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        for (var began = Stopwatch.GetTimestamp(); !await isSo();)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Most, $"waited {Most.TotalSeconds} s in vain for {what}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
