using Ashlar.Engine.Cache;
using Ashlar.Engine.Tiers;

namespace Ashlar.Engine.Tests.Tiers;

public sealed class DiskTierTests : IDisposable
{
    private const int Payload = 1000, FileBytes = Payload + BlockFile.HeadBytes;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ashlar-tier-{Guid.NewGuid():N}");

    [Fact]
    public void What_is_written_is_read_again_also_by_the_next_process()
    {
        var tier = new DiskTier(_folder, 1 << 20);
        var (name, file) = Block(1);
        tier.Write(name, file);
        foreach (var opened in (DiskTier[])[tier, new DiskTier(_folder, 1 << 20)])
        {
            var read = new byte[FileBytes];
            Assert.True(opened.Contains(name));
            Assert.True(opened.TryRead(name, read));
            Assert.Equal(file, read);
            Assert.Equal((1, (long)FileBytes), (opened.Count, opened.Bytes));
        }
    }

    [Fact]
    public void What_was_used_longest_ago_goes_when_the_folder_is_full()
    {
        var tier = new DiskTier(_folder, 3 * FileBytes);
        for (var i = 0; i < 3; i++) tier.Write(Block(i).Name, Block(i).File);
        Assert.True(tier.TryRead(Block(0).Name, new byte[FileBytes]));
        tier.Write(Block(3).Name, Block(3).File);
        Assert.Equal([true, false, true, true], Enumerable.Range(0, 4).Select(i => tier.Contains(Block(i).Name)));
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
        Assert.Equal(2, new DiskTier(_folder, 2 * FileBytes).Count);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void A_bit_that_was_flipped_anywhere_in_a_block_is_noticed_and_the_block_removed()
    {
        var tier = new DiskTier(_folder, 1 << 20);
        var (name, file) = Block(1);
        for (var at = 0; at < FileBytes; at++)
        {
            tier.Write(name, file);
            var path = Directory.GetFiles(_folder).Single();
            var damaged = file.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, damaged);
            Assert.False(tier.TryRead(name, new byte[FileBytes]), $"byte {at}");
            Assert.False(tier.Contains(name));
            Assert.Empty(Directory.GetFiles(_folder));
            Assert.Equal((at + 1, 0L), (tier.Damaged, tier.Bytes));
        }
    }

    [Fact]
    public void A_block_that_could_not_be_opened_for_a_moment_is_left_where_it_is()
    {
        var tier = new DiskTier(_folder, 1 << 20);
        var (name, file) = Block(1);
        tier.Write(name, file);
        var path = Directory.GetFiles(_folder).Single();
        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.False(tier.TryRead(name, new byte[FileBytes]));
        }

        Assert.Equal((false, 0L, 0L), (tier.Contains(name), tier.Bytes, tier.Damaged));
        Assert.Equal([path], Directory.GetFiles(_folder));
        Assert.True(new DiskTier(_folder, 1 << 20).TryRead(name, new byte[FileBytes]));
        tier.Write(name, file);
        Assert.True(tier.TryRead(name, new byte[FileBytes]));
    }

    [Fact]
    public void What_a_process_left_half_written_is_swept_and_what_another_writes_just_now_is_not()
    {
        Directory.CreateDirectory(_folder);
        var left = Path.Combine(_folder, $"{Block(1).Name}-1.part");
        var written = Path.Combine(_folder, $"{Block(2).Name}-2.part");
        File.WriteAllBytes(left, new byte[70]);
        using (File.OpenHandle(written, FileMode.Create, FileAccess.Write, FileShare.Delete))
        {
            Assert.Equal(0, new DiskTier(_folder, 1 << 20).Count);
            Assert.Equal([written], Directory.GetFiles(_folder));
        }

        Assert.Equal(0, new DiskTier(_folder, 1 << 20).Count);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_block_that_was_cut_short_or_stands_under_another_name_is_none()
    {
        var tier = new DiskTier(_folder, 1 << 20);
        var ((first, file), (second, _)) = (Block(1), Block(2));
        Directory.CreateDirectory(_folder);
        File.WriteAllBytes(Path.Combine(_folder, $"{first}.kv"), file.AsSpan(0, 500).ToArray());
        File.WriteAllBytes(Path.Combine(_folder, $"{second}.kv"), file);
        tier = new DiskTier(_folder, 1 << 20);
        Assert.False(tier.TryRead(first, new byte[FileBytes]));
        Assert.False(tier.TryRead(second, new byte[FileBytes]));
        Assert.Equal(0, tier.Count);
    }

    [Fact]
    public void What_another_process_has_removed_is_not_there()
    {
        var tier = new DiskTier(_folder, 1 << 20);
        tier.Write(Block(1).Name, Block(1).File);
        File.Delete(Directory.GetFiles(_folder).Single());
        Assert.False(tier.TryRead(Block(1).Name, new byte[FileBytes]));
        Assert.Equal((0, 0L, 0L), (tier.Count, tier.Damaged, tier.Bytes));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static (BlockName Name, byte[] File) Block(int number)
    {
        var file = new byte[FileBytes];
        new Random(number).NextBytes(file);
        int[] tokens = [.. Enumerable.Repeat(number, BlockCache.BlockSize)];
        var root = BlockName.Root("test");
        BlockFile.Seal(file, root, tokens);
        return (root.Next(tokens), file);
    }
}
