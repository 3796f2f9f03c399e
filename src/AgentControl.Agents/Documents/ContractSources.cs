using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;

namespace AgentControl.Agents.Documents;

/// <summary>Lists the documents of a job: the files of its folder first, then those given in the input.</summary>
internal static class ContractSources
{
    public static async Task<IReadOnlyList<ContractDocumentInput>> ListAsync(
        ContractsInput input,
        IJobWorkspace workspace
    )
    {
        var documents = new List<ContractDocumentInput>();
        if (!string.IsNullOrWhiteSpace(input.Folder))
        {
            var folder = input.Folder.Trim().Trim('/') + "/";
            var prefix = folder is "/" or "./" ? "" : folder;
            foreach (var file in await workspace.ListAsync(prefix))
            {
                // A job over the whole workspace does not read what jobs wrote.
                if (prefix.Length > 0 || !file.Path.StartsWith("jobs/", StringComparison.Ordinal))
                {
                    documents.Add(
                        new ContractDocumentInput(
                            file.Path[prefix.Length..],
                            file.Path,
                            file.Size,
                            null,
                            input.Analyser
                        )
                    );
                }
            }
        }

        foreach (var given in input.Documents ?? [])
        {
            var name = string.IsNullOrWhiteSpace(given.Name) ? "document" : given.Name.Trim();
            documents.Add(new ContractDocumentInput(name, null, null, given.Text, input.Analyser));
        }

        return documents.Count > 0 ? documents : throw new PermanentFailureException("input", Nothing(input));
    }

    private static string Nothing(ContractsInput input) =>
        string.IsNullOrWhiteSpace(input.Folder)
            ? ContractsInput.NothingToRead
            : $"The folder '{input.Folder}' has no files. Upload documents to it, or give 'documents'.";
}
