using Ashlar.Testing;
using Ashlar.Training.Schedules;

namespace Ashlar.Training.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_changes_only_on_purpose() => PublicApi.AssertUnchanged(typeof(Schedule).Assembly);
}
