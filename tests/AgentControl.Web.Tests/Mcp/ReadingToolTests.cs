using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>Tools that read what is long: in pages, in pieces, and whole in the end.</summary>
public sealed class ReadingToolTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_journal_a_log_and_checkpoints_are_read_in_pages_and_pieces()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var done = await program.SubmitAsync(
            new { agent = "synthetic", input = new { steps = 3, payloadBytes = 3_000 } }
        );
        var id = done.Text("id")!;
        await program.WaitForAsync(id, "succeeded");
        var whole = new string('ä', 40_000);
        using var put = await program.Admin.PutAsJsonAsync($"jobs/{id}/checkpoints/docs/cursor", whole, Stop);
        Assert.True(put.IsSuccessStatusCode);

        var steps = await caller.AskAsync("list_steps", new { job = id, limit = 2 });
        var more = await caller.AskAsync("list_steps", new { job = id, cursor = steps.Text("nextCursor") });
        Assert.Equal(3, steps.Items().Concat(more.Items()).Select(s => s.Text("key")).Distinct().Count());
        Assert.Equal(JsonValueKind.Null, steps.Items().First().GetProperty("result").ValueKind);
        var step = await caller.AskAsync(
            "get_step",
            new
            {
                job = id,
                key = steps.Items().First().Text("key"),
                length = 100,
            }
        );
        Assert.Equal(100, step.GetProperty("nextOffset").GetInt64());
        Assert.StartsWith("Cut.", step.Text("note"), StringComparison.Ordinal);

        var log = await caller.AskAsync("list_events", new { job = id, types = new[] { "job.*" } });
        Assert.Equal("job.submitted", log.Items().First().Text("type"));
        var newest = await caller.AskAsync(
            "list_events",
            new
            {
                job = id,
                newest = true,
                limit = 1,
            }
        );
        Assert.Equal("checkpoint.saved", newest.Items().Single().Text("type"));
        var behind = await caller.AskAsync(
            "list_events",
            new { job = id, after = newest.Items().Single().GetProperty("no").GetInt64() }
        );
        Assert.Empty(behind.Items());

        var listed = await caller.AskAsync("list_checkpoints", new { job = id });
        Assert.Equal("docs/cursor", listed.Items().Single().Text("key"));
        var value = "";
        for (long? offset = 0; offset is { } from; )
        {
            var piece = await caller.AskAsync(
                "read_checkpoint",
                new
                {
                    job = id,
                    key = "docs/cursor",
                    offset = from,
                }
            );
            value += piece.Text("text");
            offset = piece.GetProperty("nextOffset") is { ValueKind: JsonValueKind.Number } next
                ? next.GetInt64()
                : null;
        }
        Assert.Equal(whole, JsonSerializer.Deserialize<string>(value));
        var progress = await caller.AskAsync("get_progress", new { job = id });
        Assert.Equal(3, progress.GetProperty("completed").GetInt64());
        Assert.StartsWith(
            "notFound: ",
            await caller.RefusalAsync("read_checkpoint", new { job = id, key = "none" }),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "notFound: ",
            await caller.RefusalAsync("get_step", new { job = id, key = "none" }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Pages_end_before_the_item_that_is_too_much()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var done = await program.SubmitAsync(
            new { agent = "synthetic", input = new { steps = 60, payloadBytes = 2_000 } }
        );
        await program.WaitForAsync(done.Text("id")!, "succeeded");

        var keys = new List<string>();
        string? cursor = null;
        var pages = 0;
        do
        {
            var result = await caller.CallAsync(
                "list_steps",
                new
                {
                    job = done.Text("id"),
                    limit = 100,
                    cursor,
                }
            );
            Assert.True(McpCaller.Text(result).Length < 100_000, $"{McpCaller.Text(result).Length}");
            keys.AddRange(result.StructuredContent!.Value.Items().Select(s => s.Text("key")!));
            cursor = result.StructuredContent.Value.Text("nextCursor");
            pages++;
        } while (cursor is not null);

        Assert.Equal(60, keys.Distinct().Count());
        Assert.Equal(60, keys.Count);
        Assert.True(pages > 1);
    }

    [Fact]
    public async Task Files_are_written_once_read_in_pieces_and_listed()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var folder = Guid.NewGuid().ToString("N");
        var path = $"{folder}/ä lease.txt";
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => i % 7 == 0 ? "€" : "x"));

        var written = await caller.AskAsync(
            "write_file",
            new
            {
                path,
                text,
                ifMatch = "-",
                idempotencyKey = folder,
            }
        );
        var again = await caller.AskAsync(
            "write_file",
            new
            {
                path,
                text,
                ifMatch = "-",
                idempotencyKey = folder,
            }
        );
        var taken = await caller.RefusalAsync(
            "write_file",
            new
            {
                path,
                text = "other",
                ifMatch = "-",
            }
        );
        var bytes = await caller.AskAsync("write_file", new { path = $"{folder}/b.bin", base64 = "AAEC/w==" });
        var read = "";
        for (long? offset = 0; offset is { } from; )
        {
            var piece = await caller.AskAsync(
                "read_file",
                new
                {
                    path,
                    offset = from,
                    length = 1_000,
                }
            );
            read += piece.Text("text");
            offset = piece.GetProperty("nextOffset") is { ValueKind: JsonValueKind.Number } next
                ? next.GetInt64()
                : null;
        }
        var binary = await caller.AskAsync("read_file", new { path = $"{folder}/b.bin" });
        var listed = await caller.AskAsync("list_files", new { prefix = folder });

        Assert.Equal(1, written.GetProperty("version").GetInt32());
        Assert.Equal(1, again.GetProperty("version").GetInt32());
        Assert.StartsWith("file.changed: ", taken, StringComparison.Ordinal);
        Assert.Equal(1, bytes.GetProperty("version").GetInt32());
        Assert.Equal(text, read);
        Assert.Equal("AAEC/w==", binary.Text("base64"));
        Assert.Equal(
            [path, $"{folder}/b.bin"],
            listed.Items().Select(f => f.Text("path")!).OrderDescending(StringComparer.Ordinal)
        );
        Assert.StartsWith(
            "invalid: text: ",
            await caller.RefusalAsync("write_file", new { path }),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "invalid: base64: ",
            await caller.RefusalAsync("write_file", new { path, base64 = "?" }),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "invalid: path: ",
            await caller.RefusalAsync("read_file", new { path = "../etc/passwd" }),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "file.notFound: ",
            await caller.RefusalAsync("read_file", new { path = "none.txt" }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "default",
            (await caller.AskAsync("list_workspaces", new { })).GetRawText(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_job_keeps_its_own_files()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await ScheduledAsync();

        var listed = await caller.AskAsync("list_files", new { job = job.Text("shortId") });

        Assert.Contains(listed.Items(), f => f.Text("path")!.EndsWith("progress.json", StringComparison.Ordinal));
        Assert.StartsWith(
            "invalid: workspace: ",
            await caller.RefusalAsync("list_files", new { job = job.Text("id"), workspace = "legal" }),
            StringComparison.Ordinal
        );
    }

    private Task<JsonElement> ScheduledAsync() =>
        program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                runAt = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
}
