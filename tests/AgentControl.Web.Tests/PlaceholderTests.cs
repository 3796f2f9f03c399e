namespace AgentControl.Web.Tests;

public class PlaceholderTests
{
    [Xunit.Fact]
    public void Nothing() => Xunit.Assert.True(true);
}
