using System.Globalization;

namespace AgentControl.Engine.Workspaces;

/// <summary>One version of a file, without its bytes.</summary>
public sealed record FileEntry(
    string Workspace,
    string Path,
    int Version,
    long Size,
    string Sha256,
    string ContentType,
    Author WrittenBy,
    Guid? JobId,
    string? StepKey,
    DateTimeOffset At
)
{
    /// <summary>When it went to the bin; null for a file that is there.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Who put it there; null for a file that is there.</summary>
    public string? DeletedBy { get; init; }

    /// <summary>Made from the database when it is read; it cannot be written or deleted.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>Without its quotes.</summary>
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"{Version}-{Sha256[..16]}");
}

/// <summary>What is to be written. The id is made by the caller, once, before the first try.</summary>
public sealed record FileWrite(Guid Id, string Workspace, WorkspacePath Path, Author By)
{
    /// <summary>Told by the name where it is null.</summary>
    public string? ContentType { get; init; }

    public Guid? JobId { get; init; }

    public string? StepKey { get; init; }

    /// <summary>The older version whose contents these are, where one is brought back.</summary>
    public int? OfVersion { get; init; }

    /// <summary>What the writer expects to find.</summary>
    public FileExpectation Expect { get; init; } = FileExpectation.Anything;
}

/// <summary>What must be there for a write or delete to happen (If-Match, If-None-Match).</summary>
public sealed class FileExpectation
{
    private FileExpectation(string[]? match) => Match = match;

    /// <summary>As <c>ac_write_file</c> takes it.</summary>
    internal string[]? Match { get; }

    public static FileExpectation Anything { get; } = new(null);

    /// <summary>Some version of the file.</summary>
    public static FileExpectation Exists { get; } = new(["*"]);

    /// <summary>No file under this name.</summary>
    public static FileExpectation Absent { get; } = new([]);

    /// <summary>Exactly one of these ETags, without quotes.</summary>
    public static FileExpectation OneOf(params string[] etags) => new(etags.Length == 0 ? ["-"] : etags);
}

/// <summary>How a write ended.</summary>
public enum FileOutcome
{
    /// <summary>A new version stands.</summary>
    Written,

    /// <summary>The same writer had just these bytes there already.</summary>
    Unchanged,

    /// <summary>This id was written before; nothing was done again.</summary>
    Replayed,

    /// <summary>The file is not what the writer expected.</summary>
    Changed,

    /// <summary>This id was used for other contents.</summary>
    OtherContent,

    NoWorkspace,

    /// <summary>The name belongs to the program.</summary>
    ReadOnly,

    TooLarge,

    /// <summary>The workspace keeps as much as it may.</summary>
    OverQuota,

    /// <summary>Delete and restore only.</summary>
    NotFound,
}

/// <summary>The end of a write, with the version that stands now where there is one.</summary>
public sealed record FileResult(FileOutcome Outcome, int Version = 0, string Sha256 = "", DateTimeOffset At = default)
{
    /// <summary>What is in the way, where the outcome alone does not say it.</summary>
    public string? Why { get; init; }

    public bool Stands => Outcome is FileOutcome.Written or FileOutcome.Unchanged or FileOutcome.Replayed;

    public string? ETag =>
        Sha256.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Version}-{Sha256[..16]}");
}

/// <summary>A file with its bytes; dispose it.</summary>
public sealed record OpenFile(FileEntry Entry, Stream Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
