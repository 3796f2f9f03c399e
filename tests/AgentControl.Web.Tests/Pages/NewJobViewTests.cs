using AgentControl.Agents;
using AgentControl.Web.Jobs.New;

namespace AgentControl.Web.Tests.Pages;

public sealed class NewJobViewTests
{
    [Fact]
    public void Errors_FilesThatCameMeanwhile_AreNoProblemAnyMore()
    {
        var view = new NewJobView();
        view.Choose(BuiltInAgents.All(synthetic: false).Single(a => a.Name == "contracts"));
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc));
        Assert.Contains(view.Errors, e => e.Path == "uploads");

        view.Uploads(ready: 3, waiting: 0, failed: 0);

        Assert.DoesNotContain(view.Errors, e => e.Path == "uploads");
        Assert.NotNull(view.Submission("default", TimeZoneInfo.Utc));
    }

    [Fact]
    public void Budget_GoesWithTheJob_AndAMistakeIsToldAtItsField()
    {
        var view = new NewJobView();
        view.Choose(BuiltInAgents.All(synthetic: false).Single(a => a.Name == "contracts"));
        view.Uploads(ready: 1, waiting: 0, failed: 0);
        view.Budget["costUsd"] = "1.50";
        view.Budget["tokens"] = " ";
        Assert.Equal("""{"costUsd":1.50}""", view.Submission("default", TimeZoneInfo.Utc)?.Budget?.GetRawText());

        view.Budget["modelCalls"] = "-3";
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc));
        Assert.Equal("new-budget.modelCalls", Assert.Single(view.Errors).FieldId);
    }

    [Fact]
    public void Limits_GoWithTheJob_StandInTheDraft_AndAMistakeIsToldAtItsField()
    {
        var view = Filled();
        (view.ConcurrencyKey, view.Ttl, view.Timeout) = (" acme ", "60", "");
        var job = view.Submission("default", TimeZoneInfo.Utc)!;
        Assert.Equal(("acme", 60, null), (job.ConcurrencyKey, job.TtlSeconds, job.TimeoutSeconds));

        view.Timeout = "an hour";
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc));
        Assert.Equal("new-timeoutSeconds", Assert.Single(view.Errors).FieldId);
        var again = Filled();
        again.Restore(view.Draft());
        Assert.Equal((" acme ", "60", "an hour"), (again.ConcurrencyKey, again.Ttl, again.Timeout));
    }

    [Fact]
    public void Budget_IsInTheDraft()
    {
        var agent = BuiltInAgents.All(synthetic: false).Single(a => a.Name == "contracts");
        var view = new NewJobView();
        view.Choose(agent);
        view.Budget["costUsd"] = "2";
        var again = new NewJobView();
        again.Choose(agent);
        again.Restore(view.Draft());
        Assert.Equal("2", again.Budget["costUsd"]);
    }

    [Fact]
    public void Terms_of_approvals_are_sent_kept_in_the_draft_and_told_by_their_fields()
    {
        var view = Filled();
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc)!.ApprovalPolicy);
        view.Terms.Required = "2";
        view.Terms.WithinMinutes = "0";
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc));
        Assert.Equal("new-terms-within", Assert.Single(view.Problems).FieldId);
        view.Terms.WithinMinutes = "30";
        var copy = Filled();
        copy.Restore(view.Draft());
        Assert.Equal(
            """{"required":2,"decideWithinSeconds":1800}""",
            copy.Submission("default", TimeZoneInfo.Utc)!.ApprovalPolicy!.Value.GetRawText()
        );
    }

    private static NewJobView Filled()
    {
        var view = new NewJobView();
        view.Choose(BuiltInAgents.All(synthetic: false).Single(a => a.Name == "contracts"));
        view.Uploads(ready: 1, waiting: 0, failed: 0);
        return view;
    }
}
