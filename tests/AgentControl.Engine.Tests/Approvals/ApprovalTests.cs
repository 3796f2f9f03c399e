using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Approvals;

/// <summary>A decision applies exactly once, to what was shown, and wakes the job once.</summary>
public sealed class ApprovalTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private async Task<(Guid Job, Guid Approval)> AskAsync(ApprovalRequest request)
    {
        var job = await shared.StartAsync(async context =>
        {
            var outcome = await context.RequestApprovalAsync(request);
            return $"{outcome.Decision}/{outcome.Expired}/{outcome.Comment}/{outcome.Value}/{outcome.DecidedBy}";
        });
        await engine.UntilAsync(job, "waiting");
        return (job, await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'"));
    }

    private Task<DecideOutcome> DecideAsync(
        Guid approval,
        ApprovalDecision decision,
        string? comment = null,
        object? value = null,
        Caller? by = null,
        int revision = 1
    ) =>
        engine
            .Get<ApprovalCommands>()
            .DecideAsync(
                approval,
                decision,
                revision,
                comment,
                value is null ? null : JsonSerializer.SerializeToElement(value),
                by ?? Deciders.Ana,
                Now
            );

    [Fact]
    public async Task The_inbox_shows_the_oldest_first()
    {
        var asked = new List<Guid>();
        for (var i = 0; i < 6; i++)
            asked.Add((await AskAsync(new ApprovalRequest { Title = $"Number {i}" })).Approval);

        var inbox = await engine.Get<ApprovalQueries>().InboxAsync(new(), cancellationToken: Now);

        Assert.Equal(asked, inbox.Select(a => a.Id).Where(asked.Contains));
    }

    [Fact]
    public async Task Of_fifty_decisions_at_once_one_stands_and_all_others_are_told_which()
    {
        var (job, approval) = await AskAsync(new ApprovalRequest { Title = "Publish?" });
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(i =>
                    DecideAsync(
                        approval,
                        i % 2 == 0 ? ApprovalDecision.Approve : ApprovalDecision.Reject,
                        $"by {i}",
                        by: Deciders.Named($"P{i}")
                    )
                )
        );
        Assert.Single(outcomes.OfType<DecideOutcome.Decided>());
        var (state, by) = (
            await engine.ScalarAsync<string>($"SELECT state FROM approvals WHERE id = '{approval}'"),
            await engine.ScalarAsync<string>($"SELECT decided_by FROM approvals WHERE id = '{approval}'")
        );
        Assert.Equal(
            49,
            outcomes.OfType<DecideOutcome.AlreadyDecided>().Count(o => o.State == state && o.DecidedBy == by)
        );
        await engine.UntilAsync(job, "succeeded");
        Assert.EndsWith("/" + by, (await engine.OutputAsync(job)).GetString(), StringComparison.Ordinal);
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'approval.decided'"
            )
        );
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND kind = 'approval'")
        );
    }

    [Fact]
    public async Task What_cannot_be_decided_so_is_refused_and_changes_nothing()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "Publish?",
                Decisions = [ApprovalDecision.Approve, ApprovalDecision.Reject, ApprovalDecision.Choose],
                Options = [new("a", "A")],
            }
        );
        Assert.Equal(
            1,
            Assert
                .IsType<DecideOutcome.Changed>(await DecideAsync(approval, ApprovalDecision.Approve, revision: 2))
                .Revision
        );
        Assert.Contains(
            "comment",
            Assert.IsType<DecideOutcome.Invalid>(await DecideAsync(approval, ApprovalDecision.Reject, "  ")).Errors.Keys
        );
        Assert.Contains(
            "decision",
            Assert
                .IsType<DecideOutcome.Invalid>(await DecideAsync(approval, ApprovalDecision.Edit, value: "x"))
                .Errors.Keys
        );
        Assert.Contains(
            "value",
            Assert
                .IsType<DecideOutcome.Invalid>(await DecideAsync(approval, ApprovalDecision.Choose, value: "b"))
                .Errors.Keys
        );
        Assert.IsType<DecideOutcome.Forbidden>(
            await DecideAsync(approval, ApprovalDecision.Approve, by: Caller.ForJob(job, "a job", "default"))
        );
        Assert.IsType<DecideOutcome.NotFound>(await DecideAsync(Guid.NewGuid(), ApprovalDecision.Approve));
        Assert.Equal("waiting", await engine.StateAsync(job));
        Assert.Equal(
            "pending",
            await engine.ScalarAsync<string>($"SELECT state FROM approvals WHERE id = '{approval}'")
        );
    }

    [Fact]
    public async Task A_rejection_that_ends_the_job_is_labelled_so()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest { Title = "Go?", OnReject = ApprovalRejection.Cancel }
        );
        await DecideAsync(approval, ApprovalDecision.Reject, "no \u0000 way");
        await engine.UntilAsync(job, "cancelled");
        Assert.Equal(
            "rejected",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{job}'")
        );
    }

    [Theory]
    [InlineData(ApprovalExpiry.Reject, "cancelled", "rejected")]
    [InlineData(ApprovalExpiry.Fail, "failed", "failed")]
    public async Task The_end_by_an_approval_is_labelled_so_also_where_another_branch_runs(
        ApprovalExpiry expiry,
        string state,
        string label
    )
    {
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
            await context.Parallel(
                "branches",
                new[] { 0, 1 },
                2,
                async (n, branch, _) =>
                    n == 0
                        ? (
                            await branch.RequestApprovalAsync(
                                new ApprovalRequest
                                {
                                    Title = "Go?",
                                    OnReject = ApprovalRejection.Cancel,
                                    DecideWithin = TimeSpan.FromSeconds(1),
                                    OnExpire = expiry,
                                }
                            )
                        ).Approved
                        : await branch.StepAsync(
                            "long",
                            async call =>
                            {
                                await held.PassAsync(CancellationToken.None);
                                return true;
                            }
                        )
            )
        );
        await held.Reached;
        await engine.UntilTrueAsync(job, $"SELECT cancel_requested FROM job_runs WHERE job_id = '{job}'");
        held.Open();
        await engine.UntilAsync(job, state);
        Assert.Equal(label, await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{job}'"));
        Assert.Equal(
            "job." + state,
            await engine.ScalarAsync<string>($"SELECT type FROM events WHERE job_id = '{job}' ORDER BY no DESC LIMIT 1")
        );
        Assert.Equal(
            state == "failed",
            await engine.ScalarAsync<bool>(
                $"SELECT EXISTS (SELECT 1 FROM job_results WHERE job_id = '{job}' AND error IS NOT NULL)"
            )
        );
    }

    [Theory]
    [InlineData(ApprovalExpiry.Approve, "Approve/True")]
    [InlineData(ApprovalExpiry.Reject, "Reject/True")]
    public async Task Expiry_is_an_outcome(ApprovalExpiry expiry, string expected)
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "In time?",
                DecideWithin = TimeSpan.FromHours(1),
                OnExpire = expiry,
            }
        );
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilAsync(job, "succeeded");
        Assert.StartsWith(expected, (await engine.OutputAsync(job)).GetString(), StringComparison.Ordinal);
        Assert.Equal(
            "expired",
            Assert.IsType<DecideOutcome.AlreadyDecided>(await DecideAsync(approval, ApprovalDecision.Approve)).State
        );
    }

    [Fact]
    public async Task A_question_that_escalates_stays_open_for_every_approver()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "In time?",
                Approvers = ["nobody-is-here"],
                DecideWithin = TimeSpan.FromHours(1),
                OnExpire = ApprovalExpiry.Escalate,
            }
        );
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM events WHERE job_id = '{job}' AND type = 'approval.escalated')"
        );
        Assert.Equal("waiting", await engine.StateAsync(job));
        Assert.True(
            await engine.ScalarAsync<bool>(
                $"SELECT waiting_until IS NULL AND waiting_kind = 'approval' FROM job_runs WHERE job_id = '{job}'"
            )
        );

        Assert.IsType<DecideOutcome.Decided>(await DecideAsync(approval, ApprovalDecision.Approve));
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_decision_and_the_end_of_its_time_at_once_leave_one()
    {
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "Race?",
                DecideWithin = TimeSpan.FromHours(1),
                OnExpire = ApprovalExpiry.Reject,
            }
        );
        var decision = DecideAsync(approval, ApprovalDecision.Approve);
        await engine.ShiftClockAsync("2 hours");
        var outcome = await decision;
        await engine.UntilAsync(job, "succeeded");
        var output = (await engine.OutputAsync(job)).GetString()!;
        Assert.StartsWith(
            outcome is DecideOutcome.Decided ? "Approve/False" : "Reject/True",
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND kind = 'approval'")
        );
    }

    [Fact]
    public async Task An_edit_reaches_the_agent_byte_for_byte()
    {
        const string Edited = "Line 1\nLine \u202e2 \ud83d\ude80 \u0000 end";
        var (job, approval) = await AskAsync(
            new ApprovalRequest
            {
                Title = "Edit \u0000?",
                Body = "b\u0000",
                Content = "Old",
                Decisions = [ApprovalDecision.Edit],
            }
        );
        Assert.IsType<DecideOutcome.Decided>(await DecideAsync(approval, ApprovalDecision.Edit, value: Edited));
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal($"Edit/False//{Edited}/Ana", (await engine.OutputAsync(job)).GetString());
    }
}
