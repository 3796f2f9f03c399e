using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Approvals;

/// <summary>Who is asked when nobody decides, who is reminded, and who may not decide.</summary>
public sealed class EscalationTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private async Task<(Guid Job, Guid Approval)> AskAsync(ApprovalRequest request)
    {
        var job = await shared.StartAsync(async context => (await context.RequestApprovalAsync(request)).Decision);
        await engine.UntilAsync(job, "waiting");
        return (job, await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'"));
    }

    private Task<DecideOutcome> ApproveAsync(Guid approval, Caller by, string? comment = null) =>
        engine.Get<ApprovalCommands>().DecideAsync(approval, ApprovalDecision.Approve, 1, comment, null, by, Now);

    private Task ToldAsync(Guid job, string type, int times) =>
        engine.UntilTrueAsync(
            job,
            $"SELECT count(*) >= {times} FROM events WHERE job_id = '{job}' AND type = 'approval.{type}'"
        );

    [Fact]
    public async Task When_the_time_is_over_the_next_may_decide_too_and_at_last_everybody_may()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "Pay?",
                Approvers = ["Leads"],
                DecideWithin = TimeSpan.FromHours(1),
                OnExpire = ApprovalExpiry.Escalate,
                EscalateTo = ["CFO"],
            }
        );
        var cfo = Deciders.Named("cfo");
        Assert.IsType<DecideOutcome.Forbidden>(await ApproveAsync(approval, cfo));

        await engine.ShiftClockAsync("1 hour");
        await ToldAsync(job, "escalated", 1);
        var view = await engine.Get<ApprovalQueries>().FindAsync(approval, Now);
        Assert.Equal(["Leads", "CFO"], view!.Approvers);
        Assert.NotNull(view.Deadline);
        Assert.IsType<DecideOutcome.Forbidden>(await ApproveAsync(approval, Deciders.Ana));

        await engine.ShiftClockAsync("1 hour");
        await ToldAsync(job, "escalated", 2);
        view = await engine.Get<ApprovalQueries>().FindAsync(approval, Now);
        Assert.Empty(view!.Approvers);
        Assert.Null(view.Deadline);
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM waits WHERE job_id = '{job}' AND due_at IS NOT NULL")
        );
        Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, Deciders.Named("Cleo")));
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task People_are_reminded_again_and_again_until_somebody_decides()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest { Title = "Pay?", RemindEvery = TimeSpan.FromMinutes(20) }
        );
        await engine.ShiftClockAsync("20 minutes");
        await ToldAsync(job, "reminded", 1);
        await engine.ShiftClockAsync("20 minutes");
        await ToldAsync(job, "reminded", 2);
        Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, Deciders.Named("Cleo")));
        await engine.UntilAsync(job, "succeeded");
        await engine.ShiftClockAsync("20 minutes");
        // A later question is told of, so the sweep has gone past the one that is decided.
        var (other, _) = await AskAsync(new ApprovalRequest { Title = "Pay?", RemindEvery = TimeSpan.FromMinutes(1) });
        await engine.ShiftClockAsync("1 minute");
        await ToldAsync(other, "reminded", 1);
        Assert.Equal(
            2L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'approval.reminded'"
            )
        );
    }

    [Fact]
    public async Task A_vote_counts_once_for_each_person_and_never_for_who_started_the_job()
    {
        var (job, approval) = await AskAsync(new ApprovalRequest { Title = "Both?", Required = 2 });
        var (bo, cleo) = (Deciders.Named("Bo"), Deciders.Named("Cleo"));
        var key = new Caller(CallerKind.ApiKey, Guid.NewGuid(), "ci")
        {
            PersonId = bo.PersonId,
            OwnerName = "Bo",
            Roles = Caller.Global(Role.Approver),
        };
        Assert.IsType<DecideOutcome.Forbidden>(await ApproveAsync(approval, Deciders.Ana));
        Assert.Equal(1, Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, bo)).Missing);
        Assert.Equal(1, Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, bo)).Missing);
        Assert.Equal(1, Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, key)).Missing);
        Assert.Equal("waiting", await engine.StateAsync(job));
        Assert.Equal(0, Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, cleo)).Missing);
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task High_risk_is_approved_with_a_written_reason_only()
    {
        var (job, approval) = await AskAsync(new ApprovalRequest { Title = "Delete all?", HighRisk = true });
        Assert.Contains(
            "comment",
            Assert.IsType<DecideOutcome.Invalid>(await ApproveAsync(approval, Deciders.Named("Cleo"), " ")).Errors.Keys
        );
        Assert.IsType<DecideOutcome.Decided>(await ApproveAsync(approval, Deciders.Named("Cleo"), "They are copies"));
        await engine.UntilAsync(job, "succeeded");
        var view = await engine.Get<ApprovalQueries>().FindAsync(approval, Now);
        Assert.Equal(
            await engine.ScalarAsync<DateTime>(
                $"SELECT max(at) FROM events WHERE job_id = '{job}' AND type = 'job.started'"
            ),
            view!.ResumedAt!.Value.UtcDateTime
        );
    }
}
