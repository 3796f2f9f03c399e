using System.Text.Json;
using AgentControl.Core.Anomalies;
using AgentControl.Core.Json;

namespace AgentControl.Core.Tests.Anomalies;

public sealed class AnomalyTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        var anomaly = new Anomaly(AnomalyKinds.SlowStep, "ask has taken 12 s")
        {
            Level = Anomaly.Critical,
            Cause = "c",
            Amount = 12,
            Usual = 2,
            Unit = "s",
            Since = new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero),
            Step = "ask#1",
            Service = "erp",
        };
        var data = JsonSerializer.Serialize(anomaly, JournalJson.Options);
        Assert.Equal(anomaly, Anomaly.Read(data, anomaly.Message, anomaly.Level));
        Assert.DoesNotContain("message", data, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_knows_is_left_out() =>
        Assert.Equal(
            """{"kind":"loop"}""",
            JsonSerializer.Serialize(new Anomaly(AnomalyKinds.Loop, "round"), JournalJson.Options)
        );

    [Fact]
    public void What_an_agent_reported_is_read_from_one_level_deeper()
    {
        var read = Anomaly.Read(
            """{"kind":"fallbackUsed","data":{"step":"ask#1","reason":"timeout"}}""",
            "m",
            "warning"
        );
        Assert.Equal(("fallbackUsed", "ask#1", "timeout"), (read.Kind, read.Step, read.Cause));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no json")]
    [InlineData("[1]")]
    [InlineData("""{"kind":7,"amount":"many","since":"soon"}""")]
    public void Anything_else_is_read_as_nothing(string? data) =>
        Assert.Equal(new Anomaly("", "m") { Level = "warning" }, Anomaly.Read(data, "m", "warning"));
}

public sealed class AnomalyRulesTests
{
    [Fact]
    public void The_defaults_are_fine() => Assert.Empty(new AnomalyRules().Problems("A"));

    [Fact]
    public void Each_mistake_is_told_with_its_setting()
    {
        var rules = new AnomalyRules
        {
            QuietSeconds = 0,
            StallSeconds = double.NaN,
            RetrySpike = 1,
            SlowStepFactor = 0.5,
            LoopWindow = 4,
        };
        var problems = rules.Problems("AgentControl:Anomalies").ToList();
        foreach (var name in new[] { "QuietSeconds", "StallSeconds", "RetrySpike", "SlowStepFactor", "LoopWindow" })
            Assert.Single(problems, p => p.StartsWith($"AgentControl:Anomalies:{name} is", StringComparison.Ordinal));
        Assert.Equal(5, problems.Count);
    }
}
