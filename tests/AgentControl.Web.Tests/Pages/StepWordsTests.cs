using AgentControl.Web.Jobs.Timeline;

namespace AgentControl.Web.Tests.Pages;

public sealed class StepWordsTests
{
    [Theory]
    [InlineData("file", "list:inbox/samples/", "List inbox/samples/")]
    [InlineData("file", "write:summary.md", "Write summary.md")]
    [InlineData("spawn", "spawn:documents:1000", "Start child jobs: documents")]
    [InlineData("children", "spawn:documents#1", "Wait for child jobs: documents")]
    [InlineData("children", "results:spawn:documents#1", "Read results of child jobs: documents")]
    [InlineData("continue", "continueOn:review", "Go on in queue review")]
    [InlineData("checkpoint", "stash:extracted", "Save checkpoint extracted")]
    [InlineData("comment", "comment", "Comment in the workspace")]
    [InlineData("step", "list:of things", "list:of things")]
    [InlineData("approval", "Approve the summary", "Approve the summary")]
    public void Of_SaysTheEnginesOwnSteps_AndLeavesTheAgents(string kind, string name, string words) =>
        Assert.Equal(words, StepWords.Of(kind, name));
}
