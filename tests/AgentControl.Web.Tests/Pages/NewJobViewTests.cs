using System.Text.Json;
using AgentControl.Agents;
using AgentControl.Core.Notifications;
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

    [Fact]
    public void Notifications_are_sent_kept_in_the_draft_and_told_by_their_fields()
    {
        var view = Filled();
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc)!.Notify);
        view.Notify.TickChannel("ops", told: true);
        view.Notify.Tick(NotificationKind.Failed, told: false);
        (view.Notify.EveryMinutes, view.Notify.EveryPercent) = ("30", "a tenth");
        Assert.Null(view.Submission("default", TimeZoneInfo.Utc));
        var problem = Assert.Single(view.Problems);
        Assert.Equal(
            ("new-notify.everyPercent", problem.Message),
            (problem.FieldId, view.ErrorOf("notify.everyPercent"))
        );

        view.Notify.EveryPercent = " 10 ";
        var copy = Filled();
        copy.Restore(view.Draft());
        Assert.Equal(
            """{"channels":["ops"],"on":["needsPerson","started","completed","regressed"],"everyMinutes":30,"everyPercent":10}""",
            copy.Submission("default", TimeZoneInfo.Utc)!.Notify!.Value.GetRawText()
        );

        view.Refuse(
            new Dictionary<string, string[]> { ["notify.everyMinutes"] = ["Use a whole number from 1 to 1440."] }
        );
        Assert.Equal(
            ("new-notify.everyMinutes", "Status every … minutes: Use a whole number from 1 to 1440."),
            (view.Problems[0].FieldId, view.Problems[0].Message)
        );
    }

    [Theory]
    [InlineData("""{"channels":["ops","mail"]}""", """{"channels":["mail","ops"]}""")]
    [InlineData(
        """{"channels":["ops"],"on":[],"everyPercent":10}""",
        """{"channels":["ops"],"on":[],"everyPercent":10}"""
    )]
    [InlineData("""{"commentOnResult":true,"on":["failed"]}""", """{"on":["failed"],"commentOnResult":true}""")]
    public void Notifications_of_a_stored_job_say_the_same_after_the_form(string stored, string sent) =>
        Assert.Equal(
            sent,
            NotifyForm.Of(JsonElement.Parse(stored)).Read((_, why) => Assert.Fail(why))!.Value.GetRawText()
        );

    private static NewJobView Filled()
    {
        var view = new NewJobView();
        view.Choose(BuiltInAgents.All(synthetic: false).Single(a => a.Name == "contracts"));
        view.Uploads(ready: 1, waiting: 0, failed: 0);
        return view;
    }
}
