using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents.Documents;

/// <summary>Puts a batch of documents through the pipeline: one child for each, then one review for all.</summary>
[Agent(
    "contracts",
    "1",
    Description = "Reads a batch of contracts, extracts what matters, and writes a summary that a person approves."
)]
public sealed class ContractsAgent(IModels? models) : IAgent<ContractsInput, ContractsOutput>
{
    private const int WritesAtOnce = 4;

    public async Task<ContractsOutput> RunAsync(
        ContractsInput input,
        IJobContext job,
        CancellationToken cancellationToken
    )
    {
        if (input.CommentEvery < 1)
        {
            throw new PermanentFailureException("input", "Give a 'commentEvery' of 1 or more.");
        }

        var analyser = await ChooseAsync(input.Analyser, job);
        var documents = await ContractSources.ListAsync(input with { Analyser = analyser }, job.Workspace);
        var group = await job.SpawnAsync(
            "contracts.document",
            documents,
            new SpawnOptions
            {
                Name = "documents",
                Queue = ContractQueues.Extract,
                Names = documents.Select(document => document.Name).ToList(),
            }
        );
        await FollowAsync(input.CommentEvery, group, job);

        await job.ContinueOnAsync(ContractQueues.Review);
        await job.ReportProgressAsync(group.Count, group.Count, "review", "Collecting the summary");
        var (analysed, skipped) = Collect(documents, await job.ChildResultsAsync(group));
        var table = new ReviewTable(analysed, skipped);
        var summary = await ApproveAsync(input, table.ToMarkdown(job.Job.Name), group.Count, skipped.Count, job);
        return await WriteAsync(table, summary, documents, analysed, skipped, job);
    }

    /// <summary>Decided once for the whole batch, and recorded where the set-up decides it.</summary>
    private async Task<AnalyserChoice> ChooseAsync(AnalyserChoice wanted, IJobContext job)
    {
        bool HasModel() => models?.Route(ModelAnalysis.Route) is not null;
        return wanted switch
        {
            AnalyserChoice.Offline => wanted,
            AnalyserChoice.Auto => await job.StepAsync(
                "analyser",
                _ => Task.FromResult(HasModel() ? AnalyserChoice.Model : AnalyserChoice.Offline)
            ),
            _ => await job.StepAsync(
                "analyser",
                _ =>
                    HasModel()
                        ? Task.FromResult(wanted)
                        : throw new PermanentFailureException(
                            "analyser",
                            $"No model is configured for contracts. Set 'analyser' to auto or offline, or set AgentControl:Models:{ModelAnalysis.Route}:Primary."
                        )
            ),
        };
    }

    /// <summary>Waits for the children and tells in the feed how far they are.</summary>
    private static async Task FollowAsync(int commentEvery, ChildGroup group, IJobContext job)
    {
        await job.ReportProgressAsync(0, group.Count, "documents", "Documents are being analysed");
        for (var told = 0; told < group.Count; )
        {
            // One comment for each multiple, also where several were passed in one waking.
            told = Math.Min(group.Count, told + commentEvery);
            var counts = await job.WhenChildrenFinish(group, told);
            var failed = counts.Failed + counts.Cancelled;
            var text =
                string.Create(CultureInfo.InvariantCulture, $"{told} of {group.Count} documents done")
                + (
                    failed > 0
                        ? string.Create(CultureInfo.InvariantCulture, $", {failed} without a result so far.")
                        : "."
                );
            await job.ReportProgressAsync(
                Math.Max(counts.Ended, told),
                group.Count,
                "documents",
                "Documents are being analysed"
            );
            await job.Workspace.CommentAsync(text);
        }
    }

    private static (List<DocumentFindings> Analysed, List<SkippedDocument> Skipped) Collect(
        IReadOnlyList<ContractDocumentInput> documents,
        IReadOnlyList<ChildResult> results
    )
    {
        var analysed = new List<DocumentFindings>();
        var skipped = new List<SkippedDocument>();
        foreach (var (document, result) in documents.Zip(results))
        {
            var output = result.Output is { ValueKind: JsonValueKind.Object } value
                ? value.Deserialize<ContractDocumentOutput>(JournalJson.Options)
                : null;
            if (output?.Findings is { } findings)
            {
                analysed.Add(findings);
            }
            else
            {
                skipped.Add(new SkippedDocument(document.Name, output?.Skipped ?? Ending(result)));
            }
        }

        return (analysed, skipped);
    }

    private static string Ending(ChildResult result) =>
        result.State == JobState.Cancelled
            ? "cancelled: its job was stopped"
            : $"failed: {result.Error ?? "its job has no output"}";

    /// <summary>The text of the summary: as made, or as a person edited it. A rejection ends the job.</summary>
    private static async Task<string> ApproveAsync(
        ContractsInput input,
        string summary,
        int documents,
        int skipped,
        IJobContext job
    )
    {
        if (input.Approval == ContractsApproval.None)
        {
            return summary;
        }

        await job.ReportProgressAsync(documents, documents, "review", "The summary waits for approval");
        var outcome = await job.RequestApprovalAsync(
            new ApprovalRequest
            {
                Title = $"Approve the summary of {Counted(documents)}",
                Body =
                    $"Check the summary below{(skipped > 0 ? $"; {Counted(skipped)} skipped" : "")}. "
                    + "Approved or edited, it is written to the workspace with one result for each document. Rejected, the job ends and nothing is written.",
                Action = "summary",
                Content = summary,
                Decisions = [ApprovalDecision.Approve, ApprovalDecision.Reject, ApprovalDecision.Edit],
                OnReject = ApprovalRejection.Cancel,
            }
        );
        return outcome.Approved
            ? outcome.TextOr(summary)
            : throw new PermanentFailureException(
                "rejected",
                outcome.Comment ?? "The summary was rejected without a reason."
            );
    }

    private static string Counted(int documents) =>
        documents == 1 ? "1 document" : string.Create(CultureInfo.InvariantCulture, $"{documents} documents");

    private static async Task<ContractsOutput> WriteAsync(
        ReviewTable table,
        string summary,
        IReadOnlyList<ContractDocumentInput> documents,
        List<DocumentFindings> analysed,
        List<SkippedDocument> skipped,
        IJobContext job
    )
    {
        var folder = $"jobs/{job.Job.Id}/";
        await job.ReportProgressAsync(documents.Count, documents.Count, "write", "Writing the results");
        var files = ResultNames.For(analysed.Select(findings => findings.Name).ToList()).Zip(analysed).ToList();
        await job.Parallel(
            "results",
            files,
            WritesAtOnce,
            async (file, own, _) =>
                await own.Workspace.WriteAsync(
                    $"{folder}results/{file.First}.json",
                    ResultJson.Write(file.Second),
                    "application/json"
                )
        );
        await job.Workspace.WriteTextAsync(folder + "summary.md", summary, "text/markdown");
        await job.Workspace.WriteTextAsync(folder + "summary.csv", table.ToCsv(), "text/csv");
        await job.Workspace.CommentAsync(
            string.Create(CultureInfo.InvariantCulture, $"{analysed.Count} of {Counted(documents.Count)} analysed")
                + (skipped.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $", {skipped.Count} skipped") : "")
                + $". The summary is in `{folder}summary.md`.",
            folder + "summary.md"
        );
        await job.ReportProgressAsync(documents.Count, documents.Count, "done", "Results and summary are written");
        var analyser = string.Join(
            ", ",
            analysed.Select(findings => findings.Analyser).Distinct(StringComparer.Ordinal)
        );
        return new ContractsOutput(
            documents.Count,
            skipped,
            folder + "results/",
            folder + "summary.md",
            analyser.Length == 0 ? "offline" : analyser
        );
    }
}
