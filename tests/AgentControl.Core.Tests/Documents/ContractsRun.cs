using System.Text;
using System.Text.Json;
using AgentControl.Agents.Documents;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Tests.Agents;
using AgentControl.Core.Waits;

namespace AgentControl.Core.Tests.Documents;

/// <summary>One run of the pipeline in memory, parent and children.</summary>
internal sealed class ContractsRun
{
    public ContractsRun(Func<ApprovalRequest, ApprovalOutcome>? decide = null, string? failing = null)
    {
        Job = new FakeJobContext(Workspace, Id)
        {
            Answer = wait => (decide ?? Approve)(((ApprovalWait)wait).Request),
            RunChild = (agent, input, name) => RunChildAsync(agent, input, name, failing),
        };
    }

    public static Guid Id { get; } = Guid.Parse("019a0000-0000-7000-8000-000000000001");

    public static string Folder => $"jobs/{Id}/";

    public FakeWorkspace Workspace { get; } = new();

    public FakeJobContext Job { get; }

    public List<FakeJobContext> Children { get; } = [];

    public static ApprovalOutcome Approve(ApprovalRequest request) =>
        new(ApprovalDecision.Approve, false, null, null, "Ann", "");

    public ContractsRun With(string path, string content) => With(path, Encoding.UTF8.GetBytes(content));

    public ContractsRun With(string path, byte[] content)
    {
        Workspace.Put(path, content);
        return this;
    }

    public ContractsRun WithSamples()
    {
        foreach (var name in SampleContracts.Known.Concat(SampleContracts.HeldOut))
        {
            With($"inbox/{name}.txt", SampleContracts.Text(name));
        }

        return this;
    }

    public Task<ContractsOutput> RunAsync(ContractsInput input) =>
        new ContractsAgent(null).RunAsync(input, Job, TestContext.Current.CancellationToken);

    public DocumentFindings Result(string file) =>
        JsonSerializer.Deserialize<DocumentFindings>(
            Workspace.Text($"{Folder}results/{file}.json"),
            JournalJson.Options
        )!;

    private async Task<ChildResult> RunChildAsync(string agent, byte[] input, string name, string? failing)
    {
        Assert.Equal("contracts.document", agent);
        if (name == failing)
        {
            return new ChildResult(Guid.CreateVersion7(), name, JobState.Failed, null, "the worker died five times");
        }

        var context = new FakeJobContext(Workspace);
        Children.Add(context);
        var output = await new ContractDocumentAgent(new OfflineDocumentAnalyser(), null).RunAsync(
            JournalJson.Deserialize<ContractDocumentInput>(input)!,
            context,
            TestContext.Current.CancellationToken
        );
        var recorded = JournalJson.Serialize(output);
        Assert.True(recorded.Length <= 1024 * 1024, "A job's output is at most 1 MiB.");
        return new ChildResult(
            Guid.CreateVersion7(),
            name,
            JobState.Succeeded,
            JsonSerializer.Deserialize<JsonElement>(recorded),
            null
        );
    }
}
