using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Mcp;

/// <summary>What stands behind an address: text, or bytes.</summary>
internal sealed record ResourceContent(string Type, string? Text, byte[]? Bytes);

/// <summary>Reads resources with the same rights as REST.</summary>
internal sealed class ServedResources(
    JobDoor door,
    JobQueries jobs,
    EventQueries events,
    CheckpointQueries checkpoints,
    WorkspaceFileQueries files
)
{
    /// <summary>A resource is read whole: what is larger is read in pieces by a tool.</summary>
    public const int MostBytes = 1_048_576;

    private const int LogLines = 500;
    private const string Json = "application/json";
    private const string Plain = "text/plain";

    public async Task<Results<Ok<ResourceContent>, ProblemHttpResult>> ReadAsync(
        ResourceAddress address,
        System.Security.Claims.ClaimsPrincipal user,
        ProgressQueries progress,
        CancellationToken stop
    )
    {
        if (address.Kind == ResourceAddress.File)
            return await FileAsync(address, user, stop);
        if (await door.EnterAsync(address.Owner, user, Role.Viewer, stop) is not { } job)
            return JobDoor.NotFound(address.Owner);
        switch (address.Kind)
        {
            case ResourceAddress.Log:
                return Of(Plain, await LogAsync(job, stop));
            case ResourceAddress.Progress when await progress.FindAsync(job.Id, stop) is { } document:
                return Of(Json, JsonSerializer.Serialize(document, ApiJson.Options));
            case ResourceAddress.Job when await jobs.FindAsync(job.Id, stop) is { } view:
                return Of(Json, JsonSerializer.Serialize(view, ApiJson.Options));
            case ResourceAddress.Checkpoint:
                return await checkpoints.FindAsync(job.Id, address.Rest, null, stop) is { } found
                    ? Of(Json, found.Value.ToString())
                    : Problems.NotFound($"checkpoint {address.Rest} in job {address.Owner}");
            default:
                return JobDoor.NotFound(address.Owner);
        }
    }

    private static Results<Ok<ResourceContent>, ProblemHttpResult> Of(string type, string text) =>
        Encoding.UTF8.GetByteCount(text) > MostBytes
            ? Problems.TooLarge(
                "uri",
                $"A resource has at most {MostBytes:N0} bytes. Read it in pieces: get_result, get_step, read_checkpoint."
            )
            : TypedResults.Ok(new ResourceContent(type, text, null));

    private async Task<Results<Ok<ResourceContent>, ProblemHttpResult>> FileAsync(
        ResourceAddress address,
        System.Security.Claims.ClaimsPrincipal user,
        CancellationToken stop
    )
    {
        if (!WorkspacePath.TryParse(address.Rest, out var name, out var wrong))
            return Problems.BadField("uri", wrong);
        Access.AccessClaims.RequireCaller(user).Require(Role.Viewer, address.Owner);
        if (await files.OpenAsync(address.Owner, name, null, stop) is not { } file)
            return WorkspaceProblems.NoFile(name.Value);
        await using (file)
        {
            if (file.Entry.Size > MostBytes)
                return Problems.TooLarge(
                    "uri",
                    $"{name} has {file.Entry.Size:N0} bytes, a resource at most {MostBytes:N0}. Read it in pieces with read_file."
                );
            var bytes = new byte[file.Entry.Size];
            var read = await file.Content.ReadAtLeastAsync(bytes, bytes.Length, false, stop);
            var piece = TextPiece.Of(bytes.AsSpan(0, read), 0, read);
            return TypedResults.Ok(
                piece.Text is { } text
                    ? new ResourceContent(file.Entry.ContentType, text, null)
                    : new ResourceContent(file.Entry.ContentType, null, bytes[..read])
            );
        }
    }

    private async Task<string> LogAsync(JobRef job, CancellationToken stop)
    {
        var lines = await events.BeforeAsync(job.Id, null, LogLines, cancellationToken: stop);
        var text = new StringBuilder();
        if (lines is [{ No: > 1 } first, ..])
            text.Append(
                CultureInfo.InvariantCulture,
                $"(events 1 to {first.No - 1} are left out: list_events reads them)\n"
            );
        foreach (var line in lines)
        {
            var message = EventLine(line.Message);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{line.No} {line.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line.Level} {line.Type} {message}\n"
            );
        }
        return text.ToString();
    }

    private static string EventLine(string message)
    {
        var line = message.ReplaceLineEndings(" ");
        return line.Length <= 1_000 ? line : line[..1_000] + "…";
    }
}
