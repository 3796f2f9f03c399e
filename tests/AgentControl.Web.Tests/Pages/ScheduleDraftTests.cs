using AgentControl.Agents;
using AgentControl.Web.Schedules;

namespace AgentControl.Web.Tests.Pages;

public sealed class ScheduleDraftTests
{
    private static ScheduleDraft Filled()
    {
        var draft = new ScheduleDraft { Name = "nightly" };
        draft.Choose(BuiltInAgents.All(synthetic: true).Single(a => a.Name == "synthetic"));
        return draft;
    }

    [Fact]
    public void Definition_CarriesBudgetKeyAndTermsOfApprovals()
    {
        var draft = Filled();
        draft.Budget["costUsd"] = "2.50";
        draft.ConcurrencyKey = "books";
        (draft.Terms.Required, draft.Terms.WithinMinutes) = ("2", "30");

        var job = draft.Definition("default")!.Job;

        Assert.Equal("books", job.ConcurrencyKey);
        Assert.Equal("""{"costUsd":2.50}""", job.Budget!.Value.GetRawText());
        Assert.Equal(
            (2, 1800),
            (
                job.ApprovalPolicy!.Value.GetProperty("required").GetInt32(),
                job.ApprovalPolicy.Value.GetProperty("decideWithinSeconds").GetInt32()
            )
        );
    }

    [Fact]
    public void Definition_WithAMistake_IsNone_AndTheMistakeIsToldAtItsField()
    {
        var draft = Filled();
        draft.Budget["tokens"] = "many";
        draft.Terms.WithinMinutes = "0";

        Assert.Null(draft.Definition("default"));

        Assert.Equal(
            ["sched-budget.tokens", "sched-terms-within"],
            draft.Problems.Select(p => p.FieldId).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Notifications_AMistakeAndARefusal_AreToldAtTheirFields()
    {
        var draft = Filled();
        draft.Notify.TickChannel("ops", told: true);
        draft.Notify.EveryMinutes = "often";
        Assert.Null(draft.Definition("default"));
        Assert.Equal("Status every … minutes: Use a whole number, or clear it.", draft.ErrorOf("notify.everyMinutes"));
        Assert.Equal("sched-notify.everyMinutes", Assert.Single(draft.Problems).FieldId);

        draft.Notify.EveryMinutes = "30";
        Assert.Equal(
            """{"channels":["ops"],"everyMinutes":30}""",
            draft.Definition("default")!.Job.Notify!.Value.GetRawText()
        );
        draft.Refuse(new Dictionary<string, string[]> { ["notify.channels"] = ["No channel is called 'ops'."] });
        Assert.Equal("sched-notify.channels", Assert.Single(draft.Problems).FieldId);
    }

    [Fact]
    public void Refuse_OfATerm_LeadsToItsControl()
    {
        var draft = Filled();

        draft.Refuse(new Dictionary<string, string[]> { ["approvalPolicy.approvers[0]"] = ["Nobody is called x."] });

        Assert.Equal("sched-terms-approvers", Assert.Single(draft.Problems).FieldId);
    }

    [Fact]
    public void Fingerprint_ChangesWithEachOfThem()
    {
        var before = Filled().Fingerprint;
        var (budget, key, terms, notify) = (Filled(), Filled(), Filled(), Filled());
        budget.Budget["tokens"] = "5";
        key.ConcurrencyKey = "k";
        terms.Terms.HighRisk = true;
        notify.Notify.TickChannel("ops", told: true);

        Assert.All([budget, key, terms, notify], d => Assert.NotEqual(before, d.Fingerprint));
    }
}
