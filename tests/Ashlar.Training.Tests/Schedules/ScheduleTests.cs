using Ashlar.Training.Schedules;

namespace Ashlar.Training.Tests.Schedules;

public class ScheduleTests
{
    public static TheoryData<Schedule> All =>
    [
        new ConstantSchedule(100, 10), new LinearSchedule(100, 10, 0.2), new CosineSchedule(100, 10),
        new StableSchedule(100, 10, 20),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void The_rise_begins_above_zero_and_reaches_the_peak_with_its_last_step(Schedule schedule)
    {
        Assert.Equal(0.1, schedule.At(0), 12);
        Assert.Equal(0.5, schedule.At(4), 12);
        Assert.Equal(1, schedule.At(9), 12);
        Assert.Equal(1, schedule.At(10), 12);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_the_rise_no_step_has_more_than_the_one_before(Schedule schedule)
    {
        for (var step = 11; step < 120; step++) Assert.True(schedule.At(step) <= schedule.At(step - 1), $"step {step}");
    }

    [Fact]
    public void Each_shape_ends_at_its_floor_and_stays_there()
    {
        Assert.Equal(1, new ConstantSchedule(100, 10).At(99), 12);
        Assert.Equal(0.2, new LinearSchedule(100, 10, 0.2).At(99), 12);
        Assert.Equal(0.1, new CosineSchedule(100, 10).At(99), 12);
        Assert.Equal(0, new StableSchedule(100, 10, 20).At(99), 12);
        Assert.Equal(0.2, new LinearSchedule(100, 10, 0.2).At(1000), 12);
    }

    [Fact]
    public void Half_way_down_a_cosine_stands_half_way_between_peak_and_floor() =>
        Assert.Equal(0.55, new CosineSchedule(101, 0).At(50), 12);

    [Fact]
    public void The_stable_part_keeps_the_peak_until_the_decay()
    {
        var schedule = new StableSchedule(100, 10, 20);
        Assert.Equal(1, schedule.At(79), 12);
        Assert.Equal(0.95, schedule.At(80), 12);
        Assert.Equal(0.5, schedule.At(89), 12);
    }

    [Fact]
    public void Lengths_and_shares_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(10, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineSchedule(10, 1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StableSchedule(10, 5, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(10, 1).At(-1));
    }
}
