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
}
