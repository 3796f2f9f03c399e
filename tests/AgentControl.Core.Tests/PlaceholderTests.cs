namespace AgentControl.Core.Tests;

public class PlaceholderTests
{
    [Xunit.Fact]
    public void Nothing() => Xunit.Assert.True(true);
}
