using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Approvals.Rules;
using AgentControl.Web.Jobs.Form;

namespace AgentControl.Web.Jobs.New;

/// <summary>Where the files of a folder field come from.</summary>
public enum FolderSource
{
    Upload,
    Samples,
    Existing,
}

/// <summary>A job while it is being put together.</summary>
internal sealed class NewJobView
{
    public const string SampleFolder = "inbox/samples/";

    public AgentDefinition? Agent { get; private set; }
    public SchemaForm? Form { get; private set; }
    public string Name { get; set; } = "";
    public string Queue { get; set; } = "";
    public short Priority { get; set; }
    public string Tags { get; set; } = "";

    /// <summary>Limits by measure, as they were typed; empty has none.</summary>
    public Dictionary<string, string> Budget { get; private set; } = [];

    /// <summary>Of the jobs with one key at most one runs; empty has none.</summary>
    public string ConcurrencyKey { get; set; } = "";

    /// <summary>Seconds as they were typed; empty takes the usual ones.</summary>
    public string Ttl { get; set; } = "";
    public string Timeout { get; set; } = "";

    /// <summary>Whether one of the limits was typed.</summary>
    public bool HasLimits => ConcurrencyKey.Length + Ttl.Length + Timeout.Length > 0;

    /// <summary>Who decides what the agent asks, and by when.</summary>
    public TermsForm Terms { get; private set; } = new();

    /// <summary>Who is told how it goes.</summary>
    public NotifyForm Notify { get; private set; } = new();

    /// <summary>As the browser's field writes it, in the person's own time zone; empty starts at once.</summary>
    public string StartAt { get; set; } = "";
    public FolderSource Source { get; private set; }

    /// <summary>Own to this draft, so that files of two drafts never mix.</summary>
    public string UploadFolder { get; private set; } = NewFolder();

    public int Uploading { get; private set; }
    public int Uploaded { get; private set; }
    public int FailedUploads { get; private set; }

    /// <summary>Errors outside of the input.</summary>
    public IReadOnlyList<FieldError> Problems { get; private set; } = [];

    /// <summary>What is still wrong: files that came meanwhile are no problem any more.</summary>
    public IReadOnlyList<FieldError> Errors =>
        [.. Problems.Where(p => p.Path != "uploads" || NeedsDocuments || Uploading > 0), .. Form?.Errors ?? []];

    /// <summary>What is wrong with a field outside of the input.</summary>
    public string? ErrorOf(string field) => Problems.FirstOrDefault(p => p.Path == field)?.Message;

    public SchemaField? FolderField => Form?.Root.All().FirstOrDefault(f => f.Kind == FieldKind.Folder);

    public void Choose(AgentDefinition agent)
    {
        Agent = agent;
        Form = new SchemaForm(agent.InputSchema);
        Problems = [];
        Source = FolderSource.Upload;
        (Uploading, Uploaded, FailedUploads) = (0, 0, 0);
        UploadFolder = NewFolder();
    }

    public void Fill(JsonNode? input, string? name = null)
    {
        Form?.Fill(input);
        Name = name ?? Name;
        if (!string.IsNullOrEmpty(FolderField?.Text))
            Source = FolderField.Text == SampleFolder ? FolderSource.Samples : FolderSource.Existing;
    }

    public void SetSource(FolderSource source)
    {
        Source = source;
        if (FolderField is { } folder)
        {
            folder.Text = source switch
            {
                FolderSource.Samples => SampleFolder,
                FolderSource.Upload => Uploaded > 0 ? UploadFolder : null,
                _ => null,
            };
        }
    }

    public void Uploads(int ready, int waiting, int failed)
    {
        (Uploaded, Uploading, FailedUploads) = (ready, waiting, failed);
        if (Source == FolderSource.Upload && FolderField is { } folder)
            folder.Text = ready > 0 ? UploadFolder : null;
    }

    /// <summary>What would be sent; null where something is wrong, and <see cref="Errors"/> says what.</summary>
    /// <param name="zone">The person's time zone.</param>
    public JobSubmission? Submission(string workspace, TimeZoneInfo zone)
    {
        var problems = new List<FieldError>();
        DateTimeOffset? runAt = null;
        if (StartAt.Length > 0)
        {
            if (DateTime.TryParse(StartAt, CultureInfo.InvariantCulture, out var local))
                runAt = new DateTimeOffset(local, zone.GetUtcOffset(local));
            else
                problems.Add(new("startAt", "new-start", "Start is no time. Choose one, or clear it."));
        }
        if (Uploading > 0 && Source == FolderSource.Upload)
            problems.Add(
                new(
                    "uploads",
                    "new-uploads",
                    $"{Uploading} files are still being uploaded. Wait for them, or remove them."
                )
            );
        if (NeedsDocuments)
            problems.Add(
                new("uploads", "new-uploads", "There is nothing to read. Drop files, or use the sample contracts.")
            );
        var budget = BudgetForm.Read(
            Budget,
            (measure, why) =>
                problems.Add(new($"budget.{measure}", $"new-budget.{measure}", $"{BudgetForm.LabelOf(measure)}: {why}"))
        );
        var ttl = Seconds(Ttl, "ttlSeconds", "Seconds in the queue", problems);
        var timeout = Seconds(Timeout, "timeoutSeconds", "Seconds of work", problems);
        JsonElement? terms = Terms.IsEmpty ? null : Terms.Read(isPolicy: false);
        if (!Terms.IsEmpty && terms is null)
            problems.AddRange(
                Terms.Errors.Select(e => new FieldError(
                    $"approvalPolicy.{e.Key}",
                    $"new-terms-{TermsForm.FieldOf(e.Key)}",
                    $"Approvals: {e.Value}"
                ))
            );
        var notify = Notify.Read(
            (field, why) =>
                problems.Add(
                    new($"notify.{field}", $"new-notify.{field}", $"{NotifyForm.LabelOf($"notify.{field}")}: {why}")
                )
        );
        Problems = problems;
        var fits = Form?.Check() ?? false;
        if (Agent is null || Form is null || !fits || problems.Count > 0)
            return null;
        return new JobSubmission
        {
            Agent = Agent.Name,
            Input = Form.Element,
            Name = Name.Trim() is { Length: > 0 } name ? name : null,
            Queue = Queue.Trim() is { Length: > 0 } queue ? queue : null,
            Priority = Priority,
            Tags = Tags.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Workspace = workspace,
            RunAt = runAt,
            TtlSeconds = ttl,
            TimeoutSeconds = timeout,
            ConcurrencyKey = ConcurrencyKey.Trim() is { Length: > 0 } key ? key : null,
            Budget = budget,
            ApprovalPolicy = terms,
            Notify = notify,
        };
    }

    private static int? Seconds(string typed, string field, string label, List<FieldError> problems)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return null;
        if (int.TryParse(typed.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        problems.Add(new(field, $"new-{field}", $"{label}: Use a whole number of seconds, or clear it."));
        return null;
    }

    /// <summary>Takes over what the server refused.</summary>
    public void Refuse(IReadOnlyDictionary<string, string[]> errors)
    {
        bool OfInput(string key) => key.StartsWith("input", StringComparison.Ordinal);
        Form?.Refuse(errors.Where(e => OfInput(e.Key)).ToDictionary());
        Problems =
        [
            .. errors
                .Where(e => !OfInput(e.Key))
                .SelectMany(e =>
                    e.Value.Select(m => new FieldError(
                        e.Key,
                        TermsForm.ControlOf(e.Key, "new-terms") ?? "new-" + e.Key,
                        $"{NotifyForm.LabelOf(e.Key) ?? FieldLabel.Of(e.Key)}: {m}"
                    ))
                ),
        ];
    }

    /// <summary>What is kept in the browser while the form is being filled in.</summary>
    public string Draft() =>
        JsonSerializer.Serialize(
            new JobDraft(Form?.Value.ToJsonString(), Name, Queue, Priority, Tags, StartAt, Source, UploadFolder, Budget)
            {
                Terms = Terms,
                Notify = Notify,
                ConcurrencyKey = ConcurrencyKey,
                Ttl = Ttl,
                Timeout = Timeout,
            }
        );

    public void Restore(string json)
    {
        if (JsonSerializer.Deserialize<JobDraft>(json) is not { } draft || Form is null)
            return;
        (Name, Queue, Priority, Tags, StartAt, Source, UploadFolder) = (
            draft.Name,
            draft.Queue,
            draft.Priority,
            draft.Tags,
            draft.StartAt,
            draft.Source,
            draft.UploadFolder
        );
        Budget = draft.Budget ?? [];
        Terms = draft.Terms ?? new();
        Notify = draft.Notify ?? new();
        (ConcurrencyKey, Ttl, Timeout) = (draft.ConcurrencyKey, draft.Ttl, draft.Timeout);
        if (draft.Input is { } input && FormJson.Parse(input, out var node))
            Form.Fill(node);
    }

    /// <summary>A folder was asked for, none is given, and no document stands in the input either.</summary>
    private bool NeedsDocuments =>
        FolderField is { IsEmpty: true }
        && Form!.Root.Members.Where(m => m.Schema.Kind == FieldKind.List).All(m => m.IsEmpty);

    private static string NewFolder() => $"inbox/{Guid.CreateVersion7():N}/";

    private sealed record JobDraft(
        string? Input,
        string Name,
        string Queue,
        short Priority,
        string Tags,
        string StartAt,
        FolderSource Source,
        string UploadFolder,
        Dictionary<string, string>? Budget
    )
    {
        public TermsForm? Terms { get; init; }
        public NotifyForm? Notify { get; init; }
        public string ConcurrencyKey { get; init; } = "";
        public string Ttl { get; init; } = "";
        public string Timeout { get; init; } = "";
    }
}
