using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// The functions that native callers call, one for each number of arguments: the kernel's context stands behind its arguments, so
/// that the number says where.
/// </summary>
internal static unsafe class PortableEntry
{
    private static readonly delegate* unmanaged<long*, long, long, byte*, void>[] Entries =
    [
        &Of1, &Of2, &Of3, &Of4, &Of5, &Of6, &Of7, &Of8, &Of9, &Of10, &Of11, &Of12, &Of13, &Of14, &Of15, &Of16, &Of17,
        &Of18, &Of19, &Of20, &Of21, &Of22, &Of23, &Of24, &Of25, &Of26, &Of27, &Of28, &Of29, &Of30, &Of31, &Of32,
    ];

    /// <summary>The most arguments that a kernel can take.</summary>
    public static int MostArguments => Entries.Length;

    /// <summary>The function for kernels of so many arguments, 1 to <see cref="MostArguments"/>.</summary>
    public static delegate* unmanaged<long*, long, long, byte*, void> For(int arguments) => Entries[arguments - 1];

    [UnmanagedCallersOnly]
    private static void Of1(long* slots, long from, long to, byte* scratch) => Run(slots, 1, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of2(long* slots, long from, long to, byte* scratch) => Run(slots, 2, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of3(long* slots, long from, long to, byte* scratch) => Run(slots, 3, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of4(long* slots, long from, long to, byte* scratch) => Run(slots, 4, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of5(long* slots, long from, long to, byte* scratch) => Run(slots, 5, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of6(long* slots, long from, long to, byte* scratch) => Run(slots, 6, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of7(long* slots, long from, long to, byte* scratch) => Run(slots, 7, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of8(long* slots, long from, long to, byte* scratch) => Run(slots, 8, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of9(long* slots, long from, long to, byte* scratch) => Run(slots, 9, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of10(long* slots, long from, long to, byte* scratch) => Run(slots, 10, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of11(long* slots, long from, long to, byte* scratch) => Run(slots, 11, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of12(long* slots, long from, long to, byte* scratch) => Run(slots, 12, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of13(long* slots, long from, long to, byte* scratch) => Run(slots, 13, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of14(long* slots, long from, long to, byte* scratch) => Run(slots, 14, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of15(long* slots, long from, long to, byte* scratch) => Run(slots, 15, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of16(long* slots, long from, long to, byte* scratch) => Run(slots, 16, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of17(long* slots, long from, long to, byte* scratch) => Run(slots, 17, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of18(long* slots, long from, long to, byte* scratch) => Run(slots, 18, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of19(long* slots, long from, long to, byte* scratch) => Run(slots, 19, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of20(long* slots, long from, long to, byte* scratch) => Run(slots, 20, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of21(long* slots, long from, long to, byte* scratch) => Run(slots, 21, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of22(long* slots, long from, long to, byte* scratch) => Run(slots, 22, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of23(long* slots, long from, long to, byte* scratch) => Run(slots, 23, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of24(long* slots, long from, long to, byte* scratch) => Run(slots, 24, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of25(long* slots, long from, long to, byte* scratch) => Run(slots, 25, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of26(long* slots, long from, long to, byte* scratch) => Run(slots, 26, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of27(long* slots, long from, long to, byte* scratch) => Run(slots, 27, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of28(long* slots, long from, long to, byte* scratch) => Run(slots, 28, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of29(long* slots, long from, long to, byte* scratch) => Run(slots, 29, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of30(long* slots, long from, long to, byte* scratch) => Run(slots, 30, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of31(long* slots, long from, long to, byte* scratch) => Run(slots, 31, from, to, scratch);

    [UnmanagedCallersOnly]
    private static void Of32(long* slots, long from, long to, byte* scratch) => Run(slots, 32, from, to, scratch);

    private static void Run(long* slots, int context, long from, long to, byte* scratch) =>
        GCHandle<PortableKernel>.FromIntPtr((nint)slots[context]).Target.Run(slots, from, to, scratch);
}
