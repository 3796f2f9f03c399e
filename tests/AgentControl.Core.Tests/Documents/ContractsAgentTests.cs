using System.Text;
using System.Text.Json;
using AgentControl.Agents.Documents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Waits;

namespace AgentControl.Core.Tests.Documents;

public sealed class ContractsAgentTests
{
    private static readonly ContractsInput Inbox = new() { Folder = "inbox/" };

    [Fact]
    public async Task Run_SixteenSamples_WritesAResultForEachAndASummary()
    {
        var run = new ContractsRun().WithSamples();
        var output = await run.RunAsync(Inbox);

        Assert.Equal(16, output.Documents);
        Assert.Empty(output.Skipped);
        Assert.Equal(ContractsRun.Folder + "results/", output.Results);
        Assert.Equal(ContractsRun.Folder + "summary.md", output.Summary);
        Assert.Equal("offline", output.Analyser);
        foreach (var name in SampleContracts.Known.Concat(SampleContracts.HeldOut))
        {
            var result = run.Result(name + ".txt");
            Assert.Equal(name + ".txt", result.Name);
            FindingAssert.PositionsHold(SampleContracts.Text(name), result);
        }

        var csv = run.Workspace.Text(ContractsRun.Folder + "summary.csv");
        Assert.Contains(
            "lease.txt,analysed,,HARBOUR LANE ESTATES LIMITED; PAPERWREN BOOKSHOP LIMITED",
            csv,
            StringComparison.Ordinal
        );
        Assert.Contains("lease.txt", run.Workspace.Text(output.Summary), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SixteenSamples_MovesThroughTheQueuesWithCheckpointsAndComments()
    {
        var run = new ContractsRun().WithSamples();
        await run.RunAsync(Inbox);

        Assert.Equal("extract", Assert.Single(run.Job.Spawned).Queue);
        Assert.Equal(["review"], run.Job.Queues);
        Assert.Equal(16, run.Children.Count);
        Assert.All(
            run.Children,
            child =>
            {
                Assert.Equal(["summarise"], child.Queues);
                Assert.Equal(["extract", "summarise"], child.Steps);
                Assert.Equal(["extracted", "summarised"], child.Stashed);
            }
        );
        Assert.Equal(
            [
                "10 of 16 documents done.",
                "16 of 16 documents done.",
                $"16 of 16 documents analysed. The summary is in `{ContractsRun.Folder}summary.md`.",
            ],
            run.Workspace.Comments
        );
    }

    [Fact]
    public async Task Run_CommentEveryFour_CommentsAfterEachFour()
    {
        var run = new ContractsRun().WithSamples();
        await run.RunAsync(Inbox with { CommentEvery = 4 });
        Assert.Equal([4, 8, 12, 16], run.Job.Waits.OfType<ChildrenWait>().Select(wait => wait.AtLeast));
        Assert.Equal(5, run.Workspace.Comments.Count);
    }

    [Fact]
    public async Task Run_Approval_ShowsTheVeryTextThatIsWritten()
    {
        string? shown = null;
        var run = new ContractsRun(request =>
        {
            shown = request.Content;
            Assert.Equal([ApprovalDecision.Approve, ApprovalDecision.Reject, ApprovalDecision.Edit], request.Decisions);
            return ContractsRun.Approve(request);
        }).WithSamples();
        var output = await run.RunAsync(Inbox);
        Assert.Equal(shown, run.Workspace.Text(output.Summary));
    }

    [Fact]
    public async Task Run_Edited_WritesTheEditedBytes()
    {
        const string Edited = "# Mine\n\nOnly this; é.";
        var run = new ContractsRun(_ => new ApprovalOutcome(
            ApprovalDecision.Edit,
            false,
            null,
            JsonSerializer.SerializeToElement(Edited),
            "Ann",
            ""
        )).WithSamples();
        var output = await run.RunAsync(Inbox);
        Assert.Equal(Edited, run.Workspace.Text(output.Summary));
    }

    [Fact]
    public async Task Run_Rejected_CancelsTheJobAndWritesNothing()
    {
        ApprovalRequest? asked = null;
        var run = new ContractsRun(request =>
        {
            asked = request;
            return new ApprovalOutcome(ApprovalDecision.Reject, false, "wrong quarter", null, "Ann", "");
        }).WithSamples();

        var failure = await Assert.ThrowsAsync<PermanentFailureException>(() => run.RunAsync(Inbox));
        Assert.Equal(ApprovalRejection.Cancel, asked!.OnReject);
        Assert.Equal("wrong quarter", failure.Message);
        Assert.DoesNotContain(run.Workspace.Paths, path => path.StartsWith("jobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ApprovalNone_AsksNobody()
    {
        var run = new ContractsRun(_ => throw new InvalidOperationException("Nobody is to be asked.")).WithSamples();
        Assert.Equal(16, (await run.RunAsync(Inbox with { Approval = ContractsApproval.None })).Documents);
    }

    [Fact]
    public async Task Run_UnreadableDocuments_AreSkippedWithReasonAndCounted()
    {
        var run = new ContractsRun(failing: "dead.txt")
            .With("inbox/scan.pdf", "%PDF-1.7")
            .With("inbox/empty.txt", "")
            .With("inbox/noise.bin", [0, 1, 2, 3, 0, 9])
            .With("inbox/huge.txt", new string('x', DocumentReader.LargestBytes + 1))
            .With("inbox/dead.txt", "never read")
            .With("inbox/good.txt", SampleContracts.Text("nda"));
        var output = await run.RunAsync(Inbox with { Documents = [new GivenDocument("blank", "  ")] });

        Assert.Equal(7, output.Documents);
        Assert.Equal(
            [
                ("dead.txt", "failed: the worker died five times"),
                ("empty.txt", "empty: the file has no content"),
                ("huge.txt", "too large: 1.0 MB; documents of up to 1 MB are read, so split it"),
                ("noise.bin", "binary: the file contains NUL bytes; save it as plain text"),
                ("scan.pdf", "binary: a PDF file; save its text as .txt"),
                ("blank", "empty: the document has no text"),
            ],
            output.Skipped.Select(s => (s.Name, s.Reason))
        );
        Assert.Single(run.Workspace.Paths, path => path.Contains("/results/", StringComparison.Ordinal));
        Assert.Contains(
            "scan.pdf,skipped,binary: a PDF file",
            run.Workspace.Text(ContractsRun.Folder + "summary.csv"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "7 of 7 documents done, 1 without a result so far.",
            run.Workspace.Comments[0],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Run_EqualNames_KeepAResultEach()
    {
        var run = new ContractsRun().With("inbox/a.txt", SampleContracts.Text("nda"));
        await run.RunAsync(
            Inbox with
            {
                Documents =
                [
                    new("a.txt", SampleContracts.Text("lease")),
                    new("A.TXT", SampleContracts.Text("loan")),
                    new("../a.txt", "One."),
                ],
            }
        );
        Assert.Equal(
            ["A.TXT-3.json", "a.txt-2.json", "a.txt-4.json", "a.txt.json"],
            run.Workspace.Paths.Where(p => p.Contains("/results/", StringComparison.Ordinal))
                .Select(p => p[(p.LastIndexOf('/') + 1)..])
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(DocumentText.From("", SampleContracts.Text("lease")).Sha256, run.Result("a.txt-2").Sha256);
    }

    [Fact]
    public async Task Run_NothingToRead_SaysWhatToGive()
    {
        var failure = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            new ContractsRun().RunAsync(new ContractsInput())
        );
        Assert.Contains("'folder'", failure.Message, StringComparison.Ordinal);
        failure = await Assert.ThrowsAsync<PermanentFailureException>(() => new ContractsRun().RunAsync(Inbox));
        Assert.Contains("'inbox/' has no files", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ModelWithoutOne_FailsTheBatchBeforeItsDocuments()
    {
        var run = new ContractsRun().With("inbox/a.txt", SampleContracts.Text("nda"));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            run.RunAsync(Inbox with { Analyser = AnalyserChoice.Model })
        );
        Assert.Contains("AgentControl:Models:contracts:Primary", failure.Message, StringComparison.Ordinal);
        Assert.Empty(run.Workspace.Comments);
    }

    [Fact]
    public async Task Run_ManyDocuments_KeepsTheApprovalBelowItsLimit()
    {
        var run = new ContractsRun(request =>
        {
            Assert.InRange(Encoding.UTF8.GetByteCount(request.Content), 1, 1024 * 1024);
            Assert.Contains("more are in summary.csv", request.Content, StringComparison.Ordinal);
            return ContractsRun.Approve(request);
        });
        var text = SampleContracts.Text("employment");
        for (var i = 0; i < 200; i++)
        {
            run.With($"inbox/{i:000}.txt", text);
        }

        Assert.Equal(200, (await run.RunAsync(Inbox)).Documents);
    }
}
