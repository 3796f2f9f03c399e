namespace AgentControl.Browser.Tests;

public class PlaceholderTests
{
    [Xunit.Fact]
    public void Nothing() => Xunit.Assert.True(true);
}
