using System.Text;
using System.Text.Json;
using AgentControl.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Live;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Documents;

/// <summary>The contract pipeline on the real engine: folder, children, queues, approval, files.</summary>
public sealed class ContractsPipelineTests(PostgresFixture postgres)
{
    private const string Samples = "wwwroot-assets/samples/contracts";

    [Fact]
    public async Task Forty_documents_go_through_three_queues_and_an_edited_summary_is_written()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await EngineProcess.StartAsync(database, [.. BuiltInAgents.All(synthetic: false)]);
        await UploadAsync(engine, 40);

        var id = await engine.SubmitAsync("contracts", new { folder = "inbox/" });
        var approval = await AwaitApprovalAsync(engine, id);
        var value = JsonSerializer.SerializeToElement("# Checked by hand\n");
        var outcome = await engine
            .Get<ApprovalCommands>()
            .DecideAsync(
                approval,
                ApprovalDecision.Edit,
                1,
                "one name was wrong",
                value,
                Deciders.Ana,
                TestContext.Current.CancellationToken
            );
        Assert.IsType<DecideOutcome.Decided>(outcome);
        await engine.UntilAsync(id, "succeeded", 60);

        var output = await engine.OutputAsync(id);
        Assert.Equal(42, output.GetProperty("documents").GetInt32());
        Assert.Equal(
            ["scan.pdf", "void.txt"],
            output.GetProperty("skipped").EnumerateArray().Select(s => s.GetProperty("name").GetString())
        );
        Assert.Equal("# Checked by hand\n", await ReadAsync(engine, $"jobs/{id}/summary.md"));
        Assert.Equal(
            43,
            (await ReadAsync(engine, $"jobs/{id}/summary.csv"))
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Length
        );
        Assert.Equal(
            40L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{id}' AND type = 'file.written' AND message LIKE '%/results/%'"
            )
        );
        Assert.Equal(42L, await engine.ScalarAsync<long>($"SELECT count(*) FROM jobs WHERE parent_id = '{id}'"));
        var comments = await engine.ScalarAsync<long>(
            $"SELECT count(*) FROM events WHERE job_id = '{id}' AND type = 'comment.added' AND message LIKE '%of 42 documents done%'"
        );
        Assert.Equal(5, comments);
    }

    [Fact]
    public async Task A_rejection_ends_the_job_as_rejected_with_its_reason_and_writes_nothing()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await EngineProcess.StartAsync(database, [.. BuiltInAgents.All(synthetic: false)]);

        var id = await engine.SubmitAsync(
            "contracts",
            new { documents = new[] { new { name = "a", text = "This agreement is governed by English law." } } }
        );
        var approval = await AwaitApprovalAsync(engine, id);
        await engine
            .Get<ApprovalCommands>()
            .DecideAsync(
                approval,
                ApprovalDecision.Reject,
                1,
                "wrong quarter",
                null,
                Deciders.Ana,
                TestContext.Current.CancellationToken
            );
        await engine.UntilAsync(id, "cancelled");

        Assert.Equal(
            "rejected",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{id}'")
        );
        Assert.Contains("wrong quarter", await engine.LogAsync(id), StringComparison.Ordinal);
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{id}' AND type = 'file.written'"
            )
        );
    }

    private static async Task UploadAsync(EngineProcess engine, int count)
    {
        var samples = Directory.GetFiles(Path.Combine(Top(), Samples), "*.txt").Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < count; i++)
            await PutAsync(
                engine,
                $"inbox/{i:00}-{Path.GetFileName(samples[i % samples.Length])}",
                await File.ReadAllBytesAsync(samples[i % samples.Length], TestContext.Current.CancellationToken)
            );
        await PutAsync(engine, "inbox/scan.pdf", Encoding.ASCII.GetBytes("%PDF-1.7"));
        await PutAsync(engine, "inbox/void.txt", " "u8.ToArray());
    }

    private static async Task PutAsync(EngineProcess engine, string path, byte[] content) =>
        await engine
            .Get<WorkspaceFiles>()
            .WriteAsync(
                new FileWrite(
                    Guid.CreateVersion7(),
                    WorkspaceName.Default,
                    WorkspacePath.Of(path),
                    Author.Person("Ana")
                ),
                content,
                TestContext.Current.CancellationToken
            );

    private static async Task<string> ReadAsync(EngineProcess engine, string path)
    {
        await using var file = await engine
            .Get<WorkspaceFileQueries>()
            .OpenAsync(WorkspaceName.Default, WorkspacePath.Of(path), null, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(file!.Content);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits by the feed until the job asks; fails after a while with the job's whole log.</summary>
    private static async Task<Guid> AwaitApprovalAsync(EngineProcess engine, Guid job)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(90));
        using var changed = new SemaphoreSlim(0);
        using var watch = engine.Get<EventFeed>().Subscribe(job, _ => changed.Release());
        while (await engine.ScalarAsync<long>($"SELECT count(*) FROM approvals WHERE job_id = '{job}'") == 0)
        {
            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(await engine.LogAsync(job));
            }
        }
        return await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
    }

    private static string Top()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "AgentControl.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
