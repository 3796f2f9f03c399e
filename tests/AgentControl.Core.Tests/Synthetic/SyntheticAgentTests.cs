using System.Text.Json;
using AgentControl.Agents.Synthetic;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Tests.Agents;

namespace AgentControl.Core.Tests.Synthetic;

public sealed class SyntheticAgentTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1024)]
    [InlineData(1024 * 1024)]
    public void Payload_AnySize_IsExactlySoManyBytesOfJson(int bytes) =>
        Assert.Equal(bytes, JournalJson.Serialize(SyntheticAgent.Payload(7, bytes)).Length);

    [Fact]
    public async Task Run_Steps_RecordsThemAndRepeatsItsChecksum()
    {
        var job = Context();
        var output = await RunAsync(new SyntheticInput { Steps = 5 }, job);
        Assert.Equal(5, output.Steps);
        Assert.Equal(5, job.Steps.Count);
        Assert.Equal(output, await RunAsync(new SyntheticInput { Steps = 5 }, Context()));
        Assert.NotEqual(output.Checksum, (await RunAsync(new SyntheticInput { Steps = 6 }, Context())).Checksum);
    }

    [Fact]
    public async Task Run_FailAtStep_FailsSoOftenAndThenSucceeds()
    {
        var job = Context();
        var output = await RunAsync(
            new SyntheticInput
            {
                Steps = 3,
                FailAtStep = 2,
                FailTimes = 2,
            },
            job
        );
        Assert.Equal(["step", "step failed", "step failed", "step", "step"], job.Steps);
        Assert.Equal((await RunAsync(new SyntheticInput { Steps = 3 }, Context())).Checksum, output.Checksum);
    }

    [Fact]
    public async Task Run_ApprovalAtStep_AsksBeforeIt()
    {
        var asked = -1;
        FakeJobContext? job = null;
        job = new FakeJobContext(new FakeWorkspace())
        {
            Answer = _ =>
            {
                asked = job!.Steps.Count;
                return new ApprovalOutcome(ApprovalDecision.Approve, false, null, null, "Ann", "");
            },
        };
        await RunAsync(new SyntheticInput { Steps = 4, ApprovalAtStep = 3 }, job);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Run_Children_StartsThemWithoutChildrenOfTheirOwn()
    {
        var inputs = new List<SyntheticInput>();
        var job = new FakeJobContext(new FakeWorkspace())
        {
            RunChild = (_, input, name) =>
            {
                inputs.Add(JournalJson.Deserialize<SyntheticInput>(input)!);
                return Task.FromResult(new ChildResult(Guid.CreateVersion7(), name, JobState.Succeeded, null, null));
            },
        };
        await RunAsync(
            new SyntheticInput
            {
                Steps = 1,
                Children = 3,
                ChildQueue = "side",
            },
            job
        );
        Assert.Equal("side", Assert.Single(job.Spawned).Queue);
        Assert.Equal(3, inputs.Count);
        Assert.All(inputs, input => Assert.Equal(0, input.Children));
    }

    [Fact]
    public async Task Run_FailedChild_FailsTheJob()
    {
        var job = new FakeJobContext(new FakeWorkspace())
        {
            RunChild = (_, _, name) =>
                Task.FromResult(new ChildResult(Guid.CreateVersion7(), name, JobState.Failed, null, "no")),
        };
        var failure = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            RunAsync(new SyntheticInput { Steps = 0, Children = 2 }, job)
        );
        Assert.Contains("2 of 2 children failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_OfTheContract_IsRead()
    {
        const string Example =
            """{ "steps": 100, "payloadBytes": 1024, "stepMilliseconds": 0, "children": 0, "childQueue": "default", "approvalAtStep": null, "failAtStep": null, "failTimes": 0, "failStatus": 503 }""";
        Assert.Equal(new SyntheticInput(), JsonSerializer.Deserialize<SyntheticInput>(Example, JournalJson.Options));
    }

    private static FakeJobContext Context() => new(new FakeWorkspace());

    private static Task<SyntheticOutput> RunAsync(SyntheticInput input, FakeJobContext job) =>
        new SyntheticAgent(TimeProvider.System).RunAsync(input, job, TestContext.Current.CancellationToken);
}
