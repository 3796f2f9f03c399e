using AgentControl.Engine.Anomalies;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Tests.Anomalies;

public sealed class AnomalySettingsTests
{
    [Fact]
    public void What_is_written_stands_and_the_rest_stays()
    {
        var rules = AnomalySettings.Read(With("LoopRepeats", "7"));
        Assert.Equal((7, 300), (rules.LoopRepeats, rules.StallSeconds));
    }

    [Theory]
    [InlineData("LoopRepeats", "1", "AgentControl:Anomalies:LoopRepeats is 1. Use 2 to 10000.")]
    [InlineData("StallSeconds", "soon", "AgentControl:Anomalies:StallSeconds")]
    [InlineData("StalSeconds", "5", "StalSeconds")]
    public void A_mistake_is_told_with_its_setting(string setting, string value, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<InvalidOperationException>(() => AnomalySettings.Read(With(setting, value))).Message,
            StringComparison.Ordinal
        );

    private static IConfigurationRoot With(string setting, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new($"{AnomalySettings.Section}:{setting}", value)]).Build();
}
