using AgentControl.Core.Anomalies;

namespace AgentControl.Core.Tests.Anomalies;

public sealed class SlowStepsTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly AnomalyRules _rules = new();

    private static Anomaly? Look(double seconds, StepUsual? usual) =>
        SlowSteps.Look("ask#1", "ask", "erp", seconds, _now, usual, _rules);

    [Fact]
    public void A_slow_step_is_told_against_its_median()
    {
        var told = Look(12, new StepUsual(20, 2, 6, 0));
        Assert.NotNull(told);
        Assert.Equal(
            (AnomalyKinds.SlowStep, 12, 2, "s", "ask#1", "erp"),
            (told.Kind, told.Amount, told.Usual, told.Unit, told.Step, told.Service)
        );
        Assert.Equal(_now.AddSeconds(-12), told.Since);
    }

    [Theory]
    [InlineData(5, 20, 0.01, 0.02)]
    [InlineData(6, 20, 2.0, 2.5)]
    [InlineData(30, 20, 2.0, 30.0)]
    [InlineData(30, 19, 2.0, 3.0)]
    public void Not_slow_are_quick_steps_the_usual_band_and_what_is_hardly_known(
        double seconds,
        int samples,
        double median,
        double p95
    ) => Assert.Null(Look(seconds, new StepUsual(samples, median, p95, 0)));

    [Fact]
    public void Without_a_history_nothing_is_slow() => Assert.Null(Look(10_000, null));

    [Theory]
    [InlineData(null, 14_400)]
    [InlineData(3_600.0, 1_800)]
    [InlineData(604_800.0, 14_400)]
    public void A_question_is_overdue_after_a_while_or_at_half_of_its_deadline(double? deadline, double after) =>
        Assert.Equal(
            TimeSpan.FromSeconds(after),
            OverdueApprovals.After(deadline is { } seconds ? TimeSpan.FromSeconds(seconds) : null, _rules)
        );

    [Fact]
    public void An_overdue_question_says_how_long_it_waits_against_usual()
    {
        var told = OverdueApprovals.Of("Publish?", "approval#1", _now.AddHours(-4), _now, 90.04, null);
        Assert.Equal(
            (AnomalyKinds.ApprovalOverdue, 14_400, 90, "approval#1"),
            (told.Kind, told.Amount, told.Usual, told.Step)
        );
        Assert.Equal(_now.AddHours(-4), told.Since);
    }
}
