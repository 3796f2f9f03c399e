using AgentControl.Core.Anomalies;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Jobs.List;
using AgentControl.Web.Wall;

namespace AgentControl.Web.Tests.Wall;

/// <summary>Which rows and which line are on the screen at which moment.</summary>
public sealed class WallViewTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 21, 14, 32, 0, TimeSpan.Zero);

    [Fact]
    public void Page_TurnsEveryFifteenSecondsAndBeginsAnew()
    {
        var view = new WallView();
        var snapshot = Snapshot([.. Jobs(14)]);

        var seen = Enumerable
            .Range(0, 46)
            .Select(second =>
            {
                view.Take(snapshot, _start.AddSeconds(second));
                return (view.Page, Names(view));
            })
            .ToList();

        Assert.Equal((0, "job-0 job-1 job-2 job-3 job-4 job-5"), seen[14]);
        Assert.Equal((1, "job-6 job-7 job-8 job-9 job-10 job-11"), seen[15]);
        Assert.Equal((2, "job-12 job-13"), seen[30]);
        Assert.Equal((0, "job-0 job-1 job-2 job-3 job-4 job-5"), seen[45]);
        Assert.Equal("1–6", view.Range);
    }

    [Fact]
    public void Rows_KeepTheirPlaceWhileTheirPageIsShown()
    {
        var view = new WallView();
        var jobs = Jobs(8).ToArray();
        view.Take(Snapshot(jobs), _start);

        // Another order, and one of them has ended: nothing moves, the gap is filled at the end.
        view.Take(Snapshot([.. jobs.Reverse().Where(j => j.Name != "job-2")]), _start.AddSeconds(1));

        Assert.Equal("job-0 job-1 job-3 job-4 job-5 job-7", Names(view));
    }

    [Fact]
    public void Pages_AreAtMostFiveAndTheRestIsCounted()
    {
        var view = new WallView();

        view.Take(Snapshot([.. Jobs(WallView.MostRows)]) with { RunningInAll = 412 }, _start);

        Assert.Equal((5, 382L), (view.Pages, view.More));
    }

    [Fact]
    public void Page_ThatIsGone_GivesWayToTheFirst()
    {
        var view = new WallView();
        var jobs = Jobs(12).ToArray();
        view.Take(Snapshot(jobs), _start);
        view.Take(Snapshot(jobs), _start.AddSeconds(15));
        Assert.Equal(1, view.Page);

        view.Take(Snapshot(jobs[..3]), _start.AddSeconds(16));

        Assert.Equal((0, "job-0 job-1 job-2"), (view.Page, Names(view)));
    }

    [Fact]
    public void Line_ChangesEveryEightSeconds_AndANewAnomalyIsShownAtOnce()
    {
        var view = new WallView();
        var (one, two) = (Trouble(1), Trouble(2));
        view.Take(Snapshot([]) with { Troubles = [two, one] }, _start);
        view.Take(Snapshot([]) with { Troubles = [two, one] }, _start.AddSeconds(7));
        Assert.Equal(0, view.Line);
        view.Take(Snapshot([]) with { Troubles = [two, one] }, _start.AddSeconds(8));
        Assert.Equal(1, view.Line);

        view.Take(Snapshot([]) with { Troubles = [Trouble(3), two, one] }, _start.AddSeconds(9));

        Assert.Equal(0, view.Line);
        view.Take(Snapshot([]) with { Troubles = [Trouble(3), two, one] }, _start.AddSeconds(16));
        Assert.Equal(0, view.Line);
        view.Take(Snapshot([]) with { Troubles = [Trouble(3), two, one] }, _start.AddSeconds(17));
        Assert.Equal(1, view.Line);
    }

    [Theory]
    [InlineData(10, 4, false)]
    [InlineData(10, 6, true)]
    [InlineData(null, 600, false)]
    public void Request_IsLateFromHalfOfItsDeadlineOn(int? minutes, int passed, bool late)
    {
        DateTimeOffset? deadline = minutes is { } m ? _start.AddMinutes(m) : null;

        var request = new WallRequest(Guid.Empty, "", "", "", 0, 1, _start, deadline);

        Assert.Equal(late, request.IsLate(_start.AddMinutes(passed)));
    }

    internal static WallSnapshot Snapshot(JobListRow[] running) =>
        new(running, running.Length, 0, WallRequests.None, [], [], 0, 0, WallDay.Empty);

    private static AnomalyGroup Trouble(long no) =>
        new(new(Guid.Empty, "job", no, _start.AddSeconds(no), new(AnomalyKinds.Loop, "round"), "echo"), 1, _start, "");

    private static IEnumerable<JobListRow> Jobs(int count) =>
        Enumerable
            .Range(0, count)
            .Select(n => new JobListRow(
                Guid.NewGuid(),
                $"j_{n}",
                $"job-{n}",
                "running",
                new(""),
                "echo",
                "Ana",
                "default",
                n,
                _start,
                null,
                null,
                0,
                0,
                "",
                null
            ));

    private static string Names(WallView view) => string.Join(' ', view.Rows.Select(r => r.Name));
}
