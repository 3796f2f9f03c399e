using AgentControl.Core.Events;
using AgentControl.Web.Jobs.Timeline;
using Xunit;

namespace AgentControl.Web.Tests.Pages;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static TimelineStep Step(
        string key,
        double from,
        double? to,
        string state = "completed",
        string kind = "code",
        string? name = null
    ) => new(key, name ?? key.Split('/')[^1].Split('#')[0], kind, state, 1, At(from), to is { } end ? At(end) : null);

    private static TimelineView View(params TimelineStep[] steps)
    {
        var view = new TimelineView();
        view.Update(
            steps,
            [],
            steps.Any(s => s.CompletedAt is null) ? steps.Max(s => s.StartedAt).AddSeconds(10) : null
        );
        return view;
    }

    [Fact]
    public void Rows_ScopesOfParallelItems_BecomeATree()
    {
        var view = View(
            Step("read#1", 0, 1),
            Step("docs#1[0]/extract#1", 1, 2),
            Step("docs#1[0]/summarise#1", 2, 3),
            Step("docs#1[1]/extract#1", 1, 4)
        );

        Assert.Equal(
            ["0 read", "0 docs", "1 docs 1", "2 extract", "2 summarise", "1 docs 2", "2 extract"],
            view.Rows.Select(r => $"{r.Depth} {r.Label}")
        );
        Assert.Equal(TimeSpan.FromSeconds(3), view.Rows.Single(r => r.Id == "docs#1").Length);
    }

    [Fact]
    public void Rows_MoreThanTwentyLikeNamed_FoldIntoOneAndUnfoldByHundreds()
    {
        var view = View([.. Enumerable.Range(1, 250).Select(i => Step($"step#{i}", i, i + 1))]);

        var fold = Assert.Single(view.Rows);
        Assert.Equal((250, "step"), (fold.Times, fold.Label));
        view.SetOpen(fold.Id, true);
        Assert.Equal(102, view.Rows.Count);
        Assert.Equal("150 more", view.Rows[^1].Label);
        view.ShowMore(fold.Id);
        Assert.Equal(202, view.Rows.Count);
        view.SetCompact(false);
        Assert.Equal(250, view.Rows.Count);
    }

    [Fact]
    public void Rows_TwentyLikeNamed_StayAsTheyAre()
    {
        var view = View([.. Enumerable.Range(1, TimelineTree.FoldAbove).Select(i => Step($"step#{i}", i, i + 1))]);

        Assert.Equal(TimelineTree.FoldAbove, view.Rows.Count);
    }

    [Fact]
    public void Rows_NamesWithSlashes_AreNoScopes()
    {
        var view = View(
            Step("list:inbox/samples/#1", 0, 1, name: "list:inbox/samples/"),
            Step("docs#1[0]/read:inbox/a.txt#1", 1, 2, name: "read:inbox/a.txt")
        );

        Assert.Equal(
            ["0 list:inbox/samples/", "0 docs", "1 docs 1", "2 read:inbox/a.txt"],
            view.Rows.Select(r => $"{r.Depth} {r.Label}")
        );
    }

    [Fact]
    public void Rows_ItemsOfALoop_StandInItsOrder()
    {
        var view = View(Step("docs#1[2]/read#1", 0, 1), Step("docs#1[0]/read#1", 1, 2), Step("docs#1[1]/read#1", 2, 3));

        Assert.Equal(["docs 1", "docs 2", "docs 3"], view.Rows.Where(r => r.Depth == 1).Select(r => r.Label));
    }

    [Fact]
    public void Rows_AllItemsOfAScopeAlike_FoldIntoTheScopesRow()
    {
        var view = View([.. Enumerable.Range(0, 40).Select(i => Step($"docs#1[{i}]/extract#1", i, i + 1))]);

        var row = Assert.Single(view.Rows);
        Assert.Equal(("docs", 40, false), (row.Label, row.Times, row.IsOpen));
        view.SetOpen(row.Id, true);
        Assert.Equal(81, view.Rows.Count);
    }

    [Fact]
    public void Ticks_AfterAWeekOfWaiting_AreFewAndSpreadOverWhatIsShown()
    {
        var scale = new TimeScale(Start, At(604_900), [new IdleGap(At(50), At(604_850))]);

        Assert.InRange(scale.Ticks().Count, 4, 9);
    }

    [Fact]
    public void HideIdle_LongWait_ShrinksToAGapThatCanBeOpened()
    {
        var view = View(Step("a#1", 0, 10), Step("approval#1", 10, 910, kind: "approval"), Step("b#1", 910, 920));

        var gap = Assert.Single(view.Scale.Folded);
        Assert.Equal(TimeSpan.FromSeconds(900), gap.Length);
        Assert.Equal((0.5, TimeScale.GapPixels - 12d), view.Scale.Place(At(910)));
        Assert.Equal((1d, 0d), view.Scale.Place(At(920)));
        view.ShowGap(gap);
        Assert.Empty(view.Scale.Folded);
        view.SetHideIdle(false);
        Assert.Equal(910d / 920, view.Scale.Place(At(910)).Share, 6);
    }

    [Theory]
    [InlineData(70, true)]
    [InlineData(59, false)]
    public void Gaps_OnlyOverSixtySeconds(double length, bool found)
    {
        var gaps = TimeScale.Gaps(At(0), At(100 + length), [(At(0), At(100))]);

        Assert.Equal(found, gaps.Count == 1);
    }

    [Fact]
    public void Bars_StepWithTwoFailedTries_NamesEachPiece()
    {
        var step = Step("match#1", 0, 100) with
        {
            Tries = [new TimelineTry(1, At(40), At(60), "erp 503"), new TimelineTry(2, At(70), At(75), "erp 503")],
        };

        var row = Assert.Single(View(step).Rows);

        Assert.Equal(
            ["try 1, failed, 40 s", "back-off, 20 s", "try 2, failed, 10 s", "back-off, 5 s", "try 3, completed, 25 s"],
            row.Bars.Select(b => b.Name)
        );
        Assert.Equal(["failed", "backoff", "failed", "backoff", "done"], row.Bars.Select(b => b.Form));
    }

    [Fact]
    public void Bars_WaitForAPerson_IsTheirOwnForm()
    {
        var row = View(Step("a#1", 0, 1), Step("approval#1", 1, null, "running", "approval")).Rows[1];

        Assert.Equal("person", Assert.Single(row.Bars).Form);
        Assert.Equal("waiting", row.State);
    }

    [Fact]
    public void Filter_ByTextAndErrors_KeepsTheWayToWhatIsFound()
    {
        var view = View(
            Step("docs#1[0]/extract#1", 0, 1),
            Step("docs#1[1]/extract#1", 0, 1, "failed"),
            Step("end#1", 1, 2)
        );

        view.SetErrorsOnly(true);
        Assert.Equal(["docs", "docs 2", "extract"], view.Rows.Select(r => r.Label));
        view.SetErrorsOnly(false);
        view.SetFilter("END");
        Assert.Equal(["end"], view.Rows.Select(r => r.Label));
    }

    [Fact]
    public void Select_StepInAFold_OpensTheWayToIt()
    {
        var view = View([.. Enumerable.Range(0, 250).Select(i => Step($"docs#1[{i}]/extract#1", i, i + 1))]);

        Assert.Equal(-1, view.SelectedRow);
        view.Select("docs#1[210]/extract#1");

        Assert.Equal("extract", view.Rows[view.SelectedRow].Label);
        view.Select("docs#1");
        Assert.Equal((0, 250, null), (view.SelectedRow, view.SelectedScope!.Steps, view.SelectedStep));
        view.Select("nowhere#1");
        Assert.Equal((-1, null), (view.SelectedRow, view.SelectedScope));
    }

    [Fact]
    public void Select_BeforeTheFirstSnapshot_OpensTheWayWhenItComes()
    {
        var view = new TimelineView();
        view.Select("docs#1[30]/extract#1");

        view.Update([.. Enumerable.Range(0, 40).Select(i => Step($"docs#1[{i}]/extract#1", i, i + 1))], [], null);

        Assert.Equal("extract", view.Rows[view.SelectedRow].Label);
        view.SetOpen("docs#1", false);
        view.Update([.. Enumerable.Range(0, 41).Select(i => Step($"docs#1[{i}]/extract#1", i, i + 1))], [], null);
        Assert.Single(view.Rows);
    }

    [Fact]
    public void HideIdle_LongBackOff_ShrinksToo()
    {
        var step = Step("match#1", 0, 700) with { Tries = [new TimelineTry(1, At(40), At(640), "erp 503")] };

        Assert.Equal(TimeSpan.FromSeconds(600), Assert.Single(View(step).Scale.Folded).Length);
    }

    [Fact]
    public void QueueTime_FromReadyToTaken_IsDrawnOnlyWhenAskedFor()
    {
        var journal = new TimelineJournal(Guid.NewGuid(), At(10));
        var no = 0;
        TimelineEvent Event(string type, double seconds) => new(++no, At(seconds), type, "", null, null, null, null);
        journal.Take(
            [],
            [
                Event(EventTypes.JobSubmitted, 0),
                Event(EventTypes.JobStarted, 12),
                Event(EventTypes.SignalReceived, 13),
                Event(EventTypes.JobParked, 14),
                Event(EventTypes.JobResumed, 200),
                Event(EventTypes.JobStarted, 205),
                Event(EventTypes.JobFailed, 206),
                Event(EventTypes.JobRetried, 210),
            ]
        );
        QueueSpan[] spans = [new(At(10), At(12)), new(At(200), At(205)), new(At(210), null)];
        Assert.Equal(spans, journal.Queued);

        var view = new TimelineView();
        view.Update([Step("read#1", 12, 14), Step("ask#1", 14, 200, kind: "approval")], [], At(216), journal.Queued);
        Assert.Empty(view.Queued);
        Assert.Equal(At(12), view.Scale.From);
        view.SetQueueTime(true);
        Assert.Equal(spans, view.Queued);
        Assert.Equal(At(10), view.Scale.From);
        Assert.Equal(new IdleGap(At(14), At(200)), Assert.Single(view.Scale.Folded));
    }

    [Fact]
    public void Update_LaterSnapshot_KeepsSelectionAndOpenRows()
    {
        var view = View([.. Enumerable.Range(1, 30).Select(i => Step($"step#{i}", i, i + 1))]);
        view.SetOpen("step#1×", true);
        view.Select("step#3");

        view.Update([.. Enumerable.Range(1, 31).Select(i => Step($"step#{i}", i, i + 1))], [], At(40));

        Assert.Equal(32, view.Rows.Count);
        Assert.Equal("step#3", view.SelectedStep!.Key);
    }

    [Fact]
    public void Ticks_AnyLength_AreAtMostSevenAndStartAtZero()
    {
        foreach (var seconds in new[] { 0.5, 3, 59, 61, 600, 4000, 90_000, 5_000_000 })
        {
            var ticks = new TimeScale(Start, At(seconds), []).Ticks();

            Assert.InRange(ticks.Count, 2, 8);
            Assert.Equal(TimeSpan.Zero, ticks[0].Since);
        }
    }
}
