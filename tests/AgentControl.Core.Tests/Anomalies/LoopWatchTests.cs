using AgentControl.Core.Anomalies;

namespace AgentControl.Core.Tests.Anomalies;

public sealed class LoopWatchTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private readonly LoopWatch watch = new(new AnomalyRules { LoopRepeats = 3, LoopWindow = 5 });
    private int steps;

    private Anomaly? Step(string name, byte input)
    {
        steps++;
        return watch.Ended($"{name}#{steps}", name, Enumerable.Repeat(input, 32).ToArray(), _start.AddSeconds(steps));
    }

    [Fact]
    public void The_third_same_step_is_a_loop_since_the_first()
    {
        Assert.Null(Step("search", 1));
        Assert.Null(Step("search", 1));
        var told = Step("search", 1);
        Assert.NotNull(told);
        Assert.Equal(
            (AnomalyKinds.Loop, "sameInput", 3, "times", "search#3"),
            (told.Kind, told.Cause, told.Amount, told.Unit, told.Step)
        );
        Assert.Equal(_start.AddSeconds(1), told.Since);
        Assert.Null(Step("search", 1));
        Assert.Null(Step("search", 1));
    }

    [Fact]
    public void Other_steps_in_between_do_not_hide_a_loop()
    {
        Assert.Null(Step("search", 1));
        Assert.Null(Step("read", 9));
        Assert.Null(Step("search", 1));
        Assert.Null(Step("read", 8));
        Assert.NotNull(Step("search", 1));
    }

    [Fact]
    public void The_same_name_with_other_inputs_is_work()
    {
        for (byte i = 0; i < 50; i++)
            Assert.Null(Step("search", i));
    }

    [Fact]
    public void Other_names_with_the_same_input_are_work()
    {
        foreach (var name in new[] { "extract", "summarise", "review", "publish" })
            Assert.Null(Step(name, 1));
    }

    [Fact]
    public void Repeats_that_lie_far_apart_are_no_loop()
    {
        for (byte round = 0; round < 10; round++)
        {
            Assert.Null(Step("refresh", 1));
            for (byte i = 0; i < 4; i++)
                Assert.Null(Step("work", (byte)((round * 4) + i)));
        }
    }

    [Fact]
    public void Who_waits_in_between_means_to_ask_again()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(Step("poll", 1));
            Assert.Null(watch.Observed("pending", _start));
            watch.Waited();
        }
    }

    [Fact]
    public void A_loop_that_was_over_is_told_again()
    {
        for (var i = 0; i < 3; i++)
            Step("search", 1);
        for (byte i = 10; i < 15; i++)
            Assert.Null(Step("work", i));
        Assert.Null(Step("search", 1));
        Assert.Null(Step("search", 1));
        Assert.NotNull(Step("search", 1));
    }

    [Fact]
    public void Observations_that_bring_nothing_new_are_a_loop()
    {
        Assert.Null(watch.Observed("nothing found", _start));
        Assert.Null(watch.Observed("nothing found", _start));
        var told = watch.Observed("nothing found", _start.AddSeconds(5));
        Assert.NotNull(told);
        Assert.Equal(("sameObservation", 3), (told.Cause, told.Amount));
        Assert.Equal(_start, told.Since);
        Assert.Null(watch.Observed("nothing found", _start));
        Assert.Null(watch.Observed("one page", _start));
        Assert.Null(watch.Observed("nothing found", _start));
    }
}
