using Ashlar.Testing;

namespace Ashlar.Engine.Tests;

public class PublicApiTests
{
    [Fact]
    public void The_public_surface_changes_only_on_purpose() => PublicApi.AssertUnchanged(typeof(InferenceEngine).Assembly);
}
