using AgentControl.Core.Schedules;

namespace AgentControl.Core.Tests.Schedules;

public sealed class DuePlanTests
{
    private static readonly DateTimeOffset _now = new(2026, 11, 27, 12, 0, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(MissedRule.Skip)]
    [InlineData(MissedRule.RunOnce)]
    [InlineData(MissedRule.RunAll)]
    public void Of_PunctualDue_Runs(MissedRule rule)
    {
        var plan = DuePlan.Of([_now.AddSeconds(-5)], _now, rule);

        Assert.Equal([new DueTurn(_now.AddSeconds(-5), false)], plan.Turns);
        Assert.Equal((0, null), (plan.Dropped, plan.LastDropped));
    }

    [Fact]
    public void Of_TheEdgeOfTheGrace_IsPunctual()
    {
        Assert.Single(DuePlan.Of([_now - DuePlan.Grace], _now, MissedRule.Skip).Turns);
        Assert.Empty(DuePlan.Of([_now - DuePlan.Grace - TimeSpan.FromTicks(1)], _now, MissedRule.Skip).Turns);
    }

    [Theory]
    [InlineData(MissedRule.Skip, 0, 5)]
    [InlineData(MissedRule.RunOnce, 1, 4)]
    [InlineData(MissedRule.RunAll, 5, 0)]
    public void Of_MissedDues_FollowsTheRule(MissedRule rule, int runs, int dropped)
    {
        var plan = DuePlan.Of(Hours(5), _now, rule);

        Assert.Equal((runs, dropped), (plan.Turns.Count, plan.Dropped));
        Assert.All(plan.Turns, t => Assert.True(t.CatchUp));
        // The newest are run.
        Assert.Equal(Hours(5).TakeLast(runs), plan.Turns.Select(t => t.DueAt));
        Assert.Equal(dropped == 0 ? null : Hours(5).ElementAt(dropped - 1), plan.LastDropped);
    }

    [Fact]
    public void Of_RunOnceWithADueThatIsPunctual_LeavesTheMissedOut()
    {
        var plan = DuePlan.Of([.. Hours(5), _now], _now, MissedRule.RunOnce);

        Assert.Equal([new DueTurn(_now, false)], plan.Turns);
        Assert.Equal(5, plan.Dropped);
    }

    [Fact]
    public void Of_MoreThanTheMost_RunsTheNewest()
    {
        var plan = DuePlan.Of(Hours(DuePlan.MostCatchUps + 20), _now, MissedRule.RunAll);

        Assert.Equal((DuePlan.MostCatchUps, 20), (plan.Turns.Count, plan.Dropped));
        Assert.Equal(_now.AddHours(-1), plan.Turns[^1].DueAt);
    }

    private static IEnumerable<DateTimeOffset> Hours(int count) =>
        Enumerable.Range(1, count).Select(h => _now.AddHours(h - count - 1));
}
