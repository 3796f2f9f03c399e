using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Approvals;

/// <summary>What people do with a request besides deciding it: take a decision back, put it off, ask for more, decide like ones together.</summary>
public sealed class GraceTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private async Task<(Guid Job, Guid Approval)> AskAsync(ApprovalRequest request)
    {
        var job = await shared.StartAsync(async context => (await context.RequestApprovalAsync(request)).Decision);
        await engine.UntilAsync(job, "waiting");
        return (job, await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'"));
    }

    private Task<DecideOutcome> DecideAsync(Guid approval, ApprovalDecision decision, Caller by) =>
        engine.Get<ApprovalCommands>().DecideAsync(approval, decision, 1, "why not", null, by, Now);

    private async Task<ApprovalView> ReadAsync(Guid approval) =>
        (await engine.Get<ApprovalQueries>().FindAsync(approval, Now))!;

    private Task<DecideOutcome> UndoAsync(Guid approval, Caller by) =>
        engine.Get<ApprovalUndo>().UndoAsync(approval, by, Now);

    [Fact]
    public async Task A_decision_within_its_grace_can_be_taken_back_by_who_made_it_and_reaches_the_agent_later()
    {
        var (job, approval) = await AskAsync(new ApprovalRequest { Title = "Send?", Grace = TimeSpan.FromMinutes(5) });
        var cleo = Deciders.Named("Cleo");
        var decided = Assert.IsType<DecideOutcome.Decided>(await DecideAsync(approval, ApprovalDecision.Reject, cleo));
        Assert.NotNull(decided.DeliverAt);
        Assert.Equal("waiting", await engine.StateAsync(job));
        Assert.IsType<DecideOutcome.AlreadyDecided>(
            await DecideAsync(approval, ApprovalDecision.Approve, Deciders.Ana)
        );
        Assert.IsType<DecideOutcome.AlreadyDecided>(await UndoAsync(approval, Deciders.Ana));
        Assert.IsType<DecideOutcome.Decided>(await UndoAsync(approval, cleo));
        Assert.Equal(("pending", 0), ((await ReadAsync(approval)).State, (await ReadAsync(approval)).Votes.Count));

        Assert.IsType<DecideOutcome.Decided>(await DecideAsync(approval, ApprovalDecision.Approve, cleo));
        Assert.Equal("waiting", await engine.StateAsync(job));
        await engine.ShiftClockAsync("5 minutes");
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("approve", (await engine.OutputAsync(job)).GetString());
        Assert.IsType<DecideOutcome.AlreadyDecided>(await UndoAsync(approval, cleo));
        Assert.Equal(
            "approval.requested approval.decided approval.undone approval.decided",
            await engine.ScalarAsync<string>(
                $"SELECT string_agg(type, ' ' ORDER BY no) FROM events WHERE job_id = '{job}' AND type LIKE 'approval.%'"
            )
        );
    }

    [Fact]
    public async Task A_rejection_that_ends_the_job_does_so_behind_its_grace()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "Send?",
                Grace = TimeSpan.FromMinutes(5),
                OnReject = ApprovalRejection.Cancel,
            }
        );
        await DecideAsync(approval, ApprovalDecision.Reject, Deciders.Named("Cleo"));
        Assert.Equal("waiting", await engine.StateAsync(job));
        await engine.ShiftClockAsync("5 minutes");
        await engine.UntilAsync(job, "cancelled");
        Assert.Equal(
            "rejected",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'")
        );
    }

    [Fact]
    public async Task A_deadline_that_passes_within_the_grace_does_not_count_and_counts_again_when_it_is_taken_back()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "Send?",
                Grace = TimeSpan.FromMinutes(5),
                DecideWithin = TimeSpan.FromMinutes(1),
                OnExpire = ApprovalExpiry.Fail,
            }
        );
        var cleo = Deciders.Named("Cleo");
        await DecideAsync(approval, ApprovalDecision.Approve, cleo);
        await engine.ShiftClockAsync("2 minutes");
        Assert.Equal("approved", (await ReadAsync(approval)).State);
        Assert.Equal("waiting", await engine.StateAsync(job));
        Assert.IsType<DecideOutcome.Decided>(await UndoAsync(approval, cleo));
        await engine.UntilAsync(job, "failed");
        Assert.Equal("expired", (await ReadAsync(approval)).State);
    }

    [Fact]
    public async Task Like_requests_are_decided_together_all_or_none()
    {
        var commands = engine.Get<ApprovalCommands>();
        var cleo = Deciders.Named("Cleo");
        var asked = new List<(Guid Job, Guid Approval)>();
        for (var i = 0; i < 3; i++)
            asked.Add(await AskAsync(new ApprovalRequest { Title = $"Tidy {i}?", Action = "tidy" }));
        var other = await AskAsync(new ApprovalRequest { Title = "Pay?", Action = "pay" });
        var risky = await AskAsync(
            new ApprovalRequest
            {
                Title = "Tidy all?",
                Action = "tidy",
                HighRisk = true,
            }
        );

        Task<DecideAllOutcome> AllAsync(IEnumerable<Guid> ids, int revision = 1) =>
            commands.DecideAllAsync(
                [.. ids.Select(id => (id, revision))],
                ApprovalDecision.Approve,
                "All good",
                cleo,
                Now
            );
        var ids = asked.ConvertAll(a => a.Approval);
        Assert.IsType<DecideAllOutcome.Invalid>(await AllAsync([.. ids, other.Approval]));
        Assert.IsType<DecideAllOutcome.Invalid>(await AllAsync([.. ids, risky.Approval]));
        Assert.IsType<DecideAllOutcome.Invalid>(await AllAsync([]));
        Assert.Equal(3, Assert.IsType<DecideAllOutcome.Refused>(await AllAsync(ids, revision: 2)).Why.Count);
        var gone = Assert.IsType<DecideAllOutcome.Refused>(await AllAsync([.. ids, Guid.NewGuid()]));
        Assert.IsType<DecideOutcome.NotFound>(Assert.Single(gone.Why).Value);
        // Somebody was first with one of them: none is decided.
        Assert.IsType<DecideOutcome.Decided>(await DecideAsync(ids[0], ApprovalDecision.Reject, Deciders.Ana));
        Assert.Equal(ids[0], Assert.Single(Assert.IsType<DecideAllOutcome.Refused>(await AllAsync(ids)).Why).Key);
        Assert.Equal("waiting", await engine.StateAsync(asked[1].Job));
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM approval_votes WHERE approval_id IN ('{ids[1]}', '{ids[2]}')"
            )
        );

        var decided = Assert.IsType<DecideAllOutcome.Decided>(await AllAsync(ids.Skip(1)));
        Assert.All(decided.Each, one => Assert.Equal("approved", one.State));
        await engine.UntilAsync(asked[1].Job, "succeeded");
        await engine.UntilAsync(asked[2].Job, "succeeded");
    }

    [Fact]
    public async Task What_one_puts_off_leaves_their_list_alone_and_comes_back()
    {
        var (job, approval) = await AskAsync(new ApprovalRequest { Title = "Later?" });
        var (bo, cleo) = (Deciders.Named("Bo"), Deciders.Named("Cleo"));
        var queries = engine.Get<ApprovalQueries>();
        Task<int> MineAsync(Caller who) => queries.CountAsync(ApprovalAccess.WaitingFor(who) with { JobId = job }, Now);
        Task<DecideOutcome> SnoozeAsync(TimeSpan? after) =>
            engine.Get<ApprovalSnoozes>().SnoozeAsync(approval, after, bo, Now);
        Assert.IsType<DecideOutcome.Invalid>(await SnoozeAsync(TimeSpan.FromSeconds(59)));
        Assert.IsType<DecideOutcome.Decided>(await SnoozeAsync(TimeSpan.FromHours(1)));
        Assert.Equal((0, 1), (await MineAsync(bo), await MineAsync(cleo)));
        await SnoozeAsync(null);
        Assert.Equal(1, await MineAsync(bo));
        await SnoozeAsync(TimeSpan.FromHours(1));
        await engine.ShiftClockAsync("1 hour");
        await engine.UntilTrueAsync(
            job,
            $"SELECT count(*) = 1 FROM events WHERE job_id = '{job}' AND type = 'approval.snoozeEnded' AND data::json ->> 'voter' = '{bo.Actor.Voter}'"
        );
        Assert.Equal(1, await MineAsync(bo));
        // Of what is decided meanwhile nobody is reminded.
        await SnoozeAsync(TimeSpan.FromHours(1));
        await DecideAsync(approval, ApprovalDecision.Approve, cleo);
        await engine.ShiftClockAsync("1 hour");
        await engine.UntilTrueAsync(job, "SELECT count(*) = 0 FROM approval_snoozes");
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'approval.snoozeEnded'"
            )
        );
    }

    [Fact]
    public async Task More_can_be_asked_for_and_answered_while_it_stays_open()
    {
        var (job, approval) = await AskAsync(new ApprovalRequest { Title = "Pay?", Approvers = ["Cleo"] });
        var inquiry = engine.Get<ApprovalInquiry>();
        var cleo = Deciders.Named("Cleo");
        Assert.IsType<DecideOutcome.Forbidden>(await inquiry.AskAsync(approval, "Why?", Deciders.Named("Bo"), Now));
        Assert.IsType<DecideOutcome.Invalid>(await inquiry.AskAsync(approval, " ", cleo, Now));
        Assert.IsType<DecideOutcome.Decided>(await inquiry.AskAsync(approval, "Which invoice?", cleo, Now));
        Assert.Equal("Cleo", (await ReadAsync(approval)).InfoAskedBy);
        Assert.IsType<DecideOutcome.Decided>(await inquiry.AnswerAsync(approval, "No. 7", Deciders.Ana, Now));
        var view = await ReadAsync(approval);
        Assert.Equal(("pending", null), (view.State, view.InfoAskedBy));
        var comments = await engine
            .Get<WorkspaceComments>()
            .ReadAsync(
                view.Workspace,
                job,
                new CommentAnchor(CommentAnchor.ApprovalKind, approval.ToString()),
                null,
                10,
                Now
            );
        Assert.Equal(["No. 7", "Which invoice?"], comments.Items.Select(c => c.Body));
        Assert.IsType<DecideOutcome.Decided>(await DecideAsync(approval, ApprovalDecision.Approve, cleo));
        Assert.IsType<DecideOutcome.AlreadyDecided>(await inquiry.AskAsync(approval, "And now?", cleo, Now));
    }
}
