using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Approvals;

/// <summary>What admins say beforehand: policies by agent and action, standing rules, and what rules never decide.</summary>
public sealed class PolicyTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private static readonly Caller _admin = Deciders.Named("Ada") with { Roles = Caller.Global(Role.Admin) };
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Task<Guid> StartAsync(ApprovalRequest request) =>
        shared.StartAsync(async context =>
        {
            var outcome = await context.RequestApprovalAsync(request);
            return $"{outcome.Decision} {outcome.DecidedBy} {outcome.Comment}";
        });

    private async Task<ApprovalView> AskedAsync(Guid job) =>
        (
            await engine
                .Get<ApprovalQueries>()
                .FindAsync(await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'"), Now)
        )!;

    private async Task<string> AgentAsync(Guid job) =>
        (await engine.ScalarAsync<string>($"SELECT agent FROM jobs WHERE id = '{job}'"))!;

    private async Task PolicyAsync(string? agent, string? action, string terms)
    {
        var outcome = await engine
            .Get<ApprovalPolicies>()
            .SaveAsync(new ApprovalScope(agent, action, null), JsonElement.Parse(terms), _admin, Now);
        Assert.IsType<PolicyOutcome<ApprovalPolicy>.Saved>(outcome);
    }

    private async Task<StandingRule> RuleAsync(
        string agent,
        string action,
        string decision = "approve",
        TimeSpan? lasts = null,
        Caller? by = null
    ) =>
        Assert
            .IsType<PolicyOutcome<StandingRule>.Saved>(
                await engine
                    .Get<StandingRules>()
                    .MakeAsync(
                        new ApprovalScope(agent, action, null),
                        decision,
                        "They are copies",
                        lasts,
                        by ?? _admin,
                        Now
                    )
            )
            .Value;

    [Fact]
    public async Task The_narrowest_policy_holds_and_makes_fewer_people_never_enough()
    {
        var probe = await StartAsync(new ApprovalRequest { Title = "Probe", Action = "probe" });
        await engine.UntilAsync(probe, "waiting");
        var agent = await AgentAsync(probe);
        await engine.ExecuteAsync("INSERT INTO groups (name, description, created_at) VALUES ('finance', '', now())");
        await PolicyAsync(agent, null, """{ "required": 3 }""");
        await PolicyAsync(agent, "pay", """{ "approvers": ["finance"], "notStarter": true, "graceSeconds": 7 }""");

        var pay = await StartAsync(
            new ApprovalRequest
            {
                Title = "Pay?",
                Action = "pay",
                Required = 2,
                Approvers = ["anybody"],
            }
        );
        await engine.UntilAsync(pay, "waiting");
        var asked = await AskedAsync(pay);
        Assert.Equal(["finance"], asked.Approvers);
        Assert.Equal(2, asked.Required);
        Assert.True(asked.NotStarter);
        Assert.Equal(7, asked.GraceSeconds);

        var mail = await StartAsync(new ApprovalRequest { Title = "Mail?", Action = "mail" });
        await engine.UntilAsync(mail, "waiting");
        Assert.Equal(3, (await AskedAsync(mail)).Required);
        // The engine's own questions are asked as they are.
        var question = await StartAsync(
            new ApprovalRequest
            {
                Title = "Which?",
                Action = "pay",
                Kind = ApprovalKinds.Question,
                Decisions = [ApprovalDecision.Respond],
            }
        );
        await engine.UntilAsync(question, "waiting");
        Assert.Equal(1, (await AskedAsync(question)).Required);
        foreach (var policy in await engine.Get<ApprovalPolicies>().ListAsync(Now))
            Assert.True(await engine.Get<ApprovalPolicies>().DeleteAsync(policy.Id, _admin, Now));
        Assert.Equal(
            2L,
            await engine.ScalarAsync<long>("SELECT count(*) FROM audit_log WHERE action = 'policy.deleted'")
        );
    }

    [Fact]
    public async Task A_rule_decides_at_once_with_its_reason_and_nobody_is_asked()
    {
        var first = await StartAsync(new ApprovalRequest { Title = "Copy 1?", Action = "copy" });
        await engine.UntilAsync(first, "waiting");
        var rule = await RuleAsync(await AgentAsync(first), "copy");
        // What waited already stays with people.
        Assert.Equal("waiting", await engine.StateAsync(first));

        var next = await StartAsync(new ApprovalRequest { Title = "Copy 2?", Action = "copy" });
        await engine.UntilAsync(next, "succeeded");
        Assert.Equal("Approve Rule of Ada They are copies", (await engine.OutputAsync(next)).GetString());
        var decided = await AskedAsync(next);
        Assert.Equal(("approved", rule.Id, "rule"), (decided.State, decided.RuleId, decided.DecidedFrom));
        Assert.Equal(
            "approval.decided",
            await engine.ScalarAsync<string>(
                $"SELECT string_agg(type, ' ') FROM events WHERE job_id = '{next}' AND type LIKE 'approval.%'"
            )
        );
        Assert.Equal(1, (await engine.Get<StandingRules>().ListAsync(Now)).Single(r => r.Id == rule.Id).Uses);

        Assert.True(await engine.Get<StandingRules>().RevokeAsync(rule.Id, _admin, Now));
        var later = await StartAsync(new ApprovalRequest { Title = "Copy 3?", Action = "copy" });
        await engine.UntilAsync(later, "waiting");
        Assert.False(await engine.Get<StandingRules>().RevokeAsync(rule.Id, _admin, Now));
    }

    [Fact]
    public async Task A_bypass_ends_by_itself()
    {
        var first = await StartAsync(new ApprovalRequest { Title = "Move 1?", Action = "move" });
        await engine.UntilAsync(first, "waiting");
        await RuleAsync(await AgentAsync(first), "move", lasts: TimeSpan.FromHours(1));
        await engine.UntilAsync(
            await StartAsync(new ApprovalRequest { Title = "Move 2?", Action = "move" }),
            "succeeded"
        );
        await engine.ShiftClockAsync("1 hour");
        await engine.UntilAsync(
            await StartAsync(new ApprovalRequest { Title = "Move 3?", Action = "move" }),
            "waiting"
        );
    }

    [Fact]
    public async Task No_rule_decides_what_is_high_risk_what_several_must_approve_or_its_makers_own_job()
    {
        var probe = await StartAsync(new ApprovalRequest { Title = "Probe", Action = "erase" });
        await engine.UntilAsync(probe, "waiting");
        await RuleAsync(await AgentAsync(probe), "erase");
        ApprovalRequest[] kept =
        [
            new()
            {
                Title = "Risky",
                Action = "erase",
                HighRisk = true,
            },
            new()
            {
                Title = "Both",
                Action = "erase",
                Required = 2,
            },
            new()
            {
                Title = "Asked",
                Action = "erase",
                Kind = ApprovalKinds.Question,
            },
            new() { Title = "Other action", Action = "erase.all" },
        ];
        foreach (var request in kept)
            await engine.UntilAsync(await StartAsync(request), "waiting");
        // Ana starts the jobs of these tests.
        await RuleAsync(await AgentAsync(probe), "own", by: Deciders.Ana with { Roles = Caller.Global(Role.Admin) });
        await engine.UntilAsync(
            await StartAsync(
                new ApprovalRequest
                {
                    Title = "Own",
                    Action = "own",
                    NotStarter = true,
                }
            ),
            "waiting"
        );
        await engine.UntilAsync(await StartAsync(new ApprovalRequest { Title = "Own", Action = "own" }), "succeeded");
    }

    [Fact]
    public async Task A_rule_that_rejects_tells_the_agent_or_ends_the_job_as_the_request_says()
    {
        var probe = await StartAsync(new ApprovalRequest { Title = "Probe", Action = "spam" });
        await engine.UntilAsync(probe, "waiting");
        await RuleAsync(await AgentAsync(probe), "spam", "reject");
        var told = await StartAsync(new ApprovalRequest { Title = "Send?", Action = "spam" });
        await engine.UntilAsync(told, "succeeded");
        Assert.StartsWith("Reject", (await engine.OutputAsync(told)).GetString(), StringComparison.Ordinal);
        var ended = await StartAsync(
            new ApprovalRequest
            {
                Title = "Send?",
                Action = "spam",
                OnReject = ApprovalRejection.Cancel,
            }
        );
        await engine.UntilAsync(ended, "cancelled");
        Assert.Equal(
            "rejected",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{ended}'")
        );
    }

    [Fact]
    public async Task Many_equal_decisions_suggest_a_rule_and_one_that_differs_does_not()
    {
        var rules = engine.Get<StandingRules>();
        ApprovalView? last = null;
        for (var i = 0; i <= StandingRules.Enough; i++)
        {
            var job = await StartAsync(new ApprovalRequest { Title = $"Tidy {i}?", Action = "tidy" });
            await engine.UntilAsync(job, "waiting");
            last = await AskedAsync(job);
            Assert.Equal(i >= StandingRules.Enough, await rules.SuggestAsync(last, Now) is { Decision: "approve" });
            var decision = i < StandingRules.Enough ? ApprovalDecision.Approve : ApprovalDecision.Reject;
            Assert.IsType<DecideOutcome.Decided>(
                await engine
                    .Get<ApprovalCommands>()
                    .DecideAsync(last.Id, decision, 1, "as ever", null, Deciders.Named("Cleo"), Now)
            );
        }
        Assert.Null(await rules.SuggestAsync(last!, Now));
    }

    [Fact]
    public async Task Bad_policies_and_rules_name_the_field_and_only_admins_make_them()
    {
        var policies = engine.Get<ApprovalPolicies>();
        async Task WrongAsync(string field, ApprovalScope scope, string? terms) =>
            Assert.Contains(
                field,
                Assert
                    .IsType<PolicyOutcome<ApprovalPolicy>.Invalid>(
                        await policies.SaveAsync(scope, terms is null ? null : JsonElement.Parse(terms), _admin, Now)
                    )
                    .Errors.Keys
            );
        await WrongAsync("agent", new(null, "pay", null), """{ "required": 2 }""");
        await WrongAsync("terms", new("a", null, null), null);
        await WrongAsync("terms", new("a", null, null), "{}");
        await WrongAsync("terms.required", new("a", null, null), """{ "required": 0 }""");
        await WrongAsync("terms.graceSeconds", new("a", null, null), """{ "graceSeconds": 301 }""");
        await WrongAsync(
            "terms.onExpire",
            new("a", null, null),
            """{ "highRisk": true, "onExpire": "approve", "decideWithinSeconds": 60 }"""
        );
        var bad = Assert.IsType<PolicyOutcome<StandingRule>.Invalid>(
            await engine
                .Get<StandingRules>()
                .MakeAsync(new(null, null, null), "maybe", " ", TimeSpan.FromSeconds(1), _admin, Now)
        );
        Assert.Equal(["agent", "decision", "lastsSeconds", "reason"], bad.Errors.Keys.Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            engine.Get<StandingRules>().MakeAsync(new("a", null, null), "approve", "why", null, Deciders.Ana, Now)
        );
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            policies.SaveAsync(new("a", null, null), JsonElement.Parse("""{ "required": 2 }"""), Deciders.Ana, Now)
        );
    }
}
