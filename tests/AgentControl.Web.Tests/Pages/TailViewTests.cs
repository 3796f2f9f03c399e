using AgentControl.Web.Jobs.Tail;
using Xunit;

namespace AgentControl.Web.Tests.Pages;

public sealed class TailViewTests
{
    private static readonly DateTimeOffset _paused = DateTimeOffset.UnixEpoch.AddHours(1);
    private static readonly DateTimeOffset _resumed = _paused.AddMinutes(2);

    private static TailLine[] Lines(int from, int to, string level = "info", string type = "agent.log") =>
        [
            .. Enumerable
                .Range(from, to - from + 1)
                .Select(i => new TailLine(
                    i,
                    DateTimeOffset.UnixEpoch.AddSeconds(i),
                    type,
                    level,
                    $"line {i}",
                    null,
                    null
                )),
        ];

    [Fact]
    public void Append_WhileFollowing_ShowsTheNewLines()
    {
        var view = new TailView();

        view.Append(Lines(1, 10));
        view.Append(Lines(8, 12));

        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), view.Shown.Select(l => l.No));
        Assert.Equal(0, view.New);
    }

    [Fact]
    public void Append_AfterScrollingUp_CountsAndMovesNothing()
    {
        var view = new TailView();
        view.Append(Lines(1, 10));
        var before = view.Shown;
        view.StopFollowing(_paused);

        view.Append(Lines(11, 138));

        Assert.Same(before, view.Shown);
        Assert.Equal(128, view.New);
        Assert.False(view.StartFollowing(_resumed));
        Assert.Equal(138, view.Shown.Count);
        Assert.Equal(0, view.New);
    }

    [Fact]
    public void Marked_AfterAPause_SaysBeforeItsFirstLineHowLongItWasAndHowManyCame()
    {
        var view = new TailView();
        view.Append(Lines(1, 10));
        view.StopFollowing(_paused);
        view.StartFollowing(_resumed);
        Assert.DoesNotContain(view.Marked, l => l.Pause is not null);

        view.StopFollowing(_paused);
        view.Append(Lines(11, 138));
        view.StartFollowing(_resumed);
        view.Append(Lines(139, 140));

        var marked = view.Marked.ToList();
        Assert.Equal(141, marked.Count);
        Assert.Equal(new TailPause(11, 128, _paused, _resumed), marked[10].Pause);
        Assert.Equal((10L, 0, 11L), (marked[9].No, marked[10].Undrawn, marked[11].No));
    }

    [Fact]
    public void Marked_WhereLinesWereDroppedMeanwhile_CountsWhatIsNotDrawnUntilItIsReadAgain()
    {
        var view = new TailView();
        view.Append(Lines(1, 100));
        view.StopFollowing(_paused);
        view.Append(Lines(101, TailView.Most + 500));
        view.StartFollowing(_resumed);
        view.Append(Lines(5_001, 5_500));

        var marker = view.Marked.First();
        Assert.Equal((TailView.Most + 400, 4_900), (marker.Pause!.Count, marker.Undrawn));

        view.Prepend(Lines(101, 5_000));
        Assert.Equal(0, view.Marked.First().Undrawn);
    }

    [Fact]
    public void Append_OverTheLimit_DropsTheOldest()
    {
        var view = new TailView();

        view.Append(Lines(1, TailView.Most + 7));

        Assert.Equal(TailView.Most, view.Shown.Count);
        Assert.Equal(8, view.FirstNo);
        Assert.True(view.HasOlder);
    }

    [Fact]
    public void Append_OverTheLimitWhileReading_KeepsWhatIsReadAndReadsTheTailAnew()
    {
        var view = new TailView();
        view.Append(Lines(1, 100));
        view.StopFollowing(_paused);

        view.Append(Lines(101, TailView.Most + 500));

        Assert.Equal(1, view.Shown[0].No);
        Assert.Equal(100, view.Shown.Count);
        Assert.True(view.StartFollowing(_resumed));
        Assert.Equal(0, view.LastNo);
    }

    [Fact]
    public void Filter_LevelKindAndText_AllMustHold()
    {
        var view = new TailView();
        view.Append([
            .. Lines(1, 2),
            .. Lines(3, 4, "warning", "step.retrying"),
            .. Lines(5, 5, "error", "step.failed"),
        ]);

        view.SetLevel("warning");
        Assert.Equal([3L, 4, 5], view.Shown.Select(l => l.No));
        view.SetKind("step");
        view.SetText("LINE 4");
        Assert.Equal([4L], view.Shown.Select(l => l.No));
        view.ClearFilter();
        Assert.Equal(5, view.Shown.Count);
    }

    [Fact]
    public void Prepend_OlderLines_StandInFront()
    {
        var view = new TailView();
        view.Append(Lines(51, 60));

        view.Prepend(Lines(41, 55));

        Assert.Equal(41, view.FirstNo);
        Assert.Equal(20, view.Shown.Count);
    }

    [Theory]
    [InlineData("agent.toolCall", "tool")]
    [InlineData("agent.thought", "agent")]
    [InlineData("progress", "progress")]
    [InlineData("step.retrying", "step")]
    public void Kind_OfAnEvent_IsTheWordPeopleFilterBy(string type, string kind) =>
        Assert.Equal(kind, Lines(1, 1, type: type)[0].Kind);
}
