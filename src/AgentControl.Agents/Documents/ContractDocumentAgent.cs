using AgentControl.Core.Agents;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents.Documents;

/// <summary>Analyses one document: extracts on queue <c>extract</c>, summarises on queue <c>summarise</c>, with a checkpoint after each.</summary>
[Agent(
    "contracts.document",
    "1",
    Description = "Extracts and summarises one document.",
    Queue = ContractQueues.Extract,
    Internal = true
)]
public sealed class ContractDocumentAgent(IDocumentAnalyser offline, IModels? models)
    : IAgent<ContractDocumentInput, ContractDocumentOutput>
{
    private const int Stages = 2;

    public async Task<ContractDocumentOutput> RunAsync(
        ContractDocumentInput input,
        IJobContext job,
        CancellationToken cancellationToken
    )
    {
        if (job.Recovered)
        {
            job.Log($"Goes on with {input.Name} behind its last recorded step.");
        }

        var model = Choose(input.Analyser);
        await job.ReportProgressAsync(0, Stages, "extract", input.Name);
        var reading = await ReadAsync(input, job);
        if (reading.Document is not { } document)
        {
            job.Log($"Skipped {input.Name}: {reading.Reason}.", LogSeverity.Warning);
            return new ContractDocumentOutput(null, reading.Reason);
        }

        var findings = model is null
            ? await job.StepAsync("extract", call => offline.ExtractAsync(document, call.CancellationToken))
            : await model.ExtractAsync(document, job);
        await job.StashAsync("extracted", Checkpoint(findings));
        await job.ReportProgressAsync(1, Stages, "summarise", input.Name);
        await job.ContinueOnAsync(ContractQueues.Summarise);

        var sentences = model is null
            ? await job.StepAsync("summarise", call => offline.SummariseAsync(document, call.CancellationToken))
            : await model.SummariseAsync(document, job);
        var complete = findings.WithSummary(sentences);
        await job.StashAsync("summarised", Checkpoint(complete));
        await job.ReportProgressAsync(Stages, Stages, "done", input.Name);
        return new ContractDocumentOutput(complete, null);
    }

    /// <summary>The batch has decided, once for all its documents: a set-up that changes in between changes no replay.</summary>
    private ModelAnalysis? Choose(AnalyserChoice choice) =>
        choice == AnalyserChoice.Model && models is not null ? new ModelAnalysis(models, offline) : null;

    private static async Task<DocumentReading> ReadAsync(ContractDocumentInput input, IJobContext job)
    {
        if (input.Path is not { } path)
        {
            return DocumentReader.Read(input.Name, input.Text ?? "");
        }

        if (input.Bytes > DocumentReader.LargestBytes)
        {
            return DocumentReader.TooLarge(input.Bytes.Value);
        }

        var bytes = await job.Workspace.ReadAsync(path);
        return bytes is null
            ? DocumentReading.Unreadable("missing: the file is no longer in the workspace")
            : DocumentReader.Read(input.Name, bytes);
    }

    /// <summary>What a checkpoint tells: how far the document is and how much was found. The findings themselves stand in the journal.</summary>
    private static DocumentCheckpoint Checkpoint(DocumentFindings findings) =>
        new(
            findings.Name,
            findings.Sha256,
            findings.Analyser,
            findings.Parties.Count,
            findings.Dates.Count,
            findings.Amounts.Count,
            findings.Clauses.Count,
            findings.DefinedTerms.Count,
            findings.SummarySentences.Count
        );
}

/// <summary>The checkpoint of a document: counts of what was found so far.</summary>
public sealed record DocumentCheckpoint(
    string Name,
    string Sha256,
    string Analyser,
    int Parties,
    int Dates,
    int Amounts,
    int Clauses,
    int DefinedTerms,
    int SummarySentences
);
