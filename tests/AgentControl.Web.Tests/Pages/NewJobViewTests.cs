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
}
