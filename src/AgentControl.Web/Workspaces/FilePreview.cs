using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>A file as a page shows it: its entry, and the text where it has one. <see cref="Cut"/>: there is more than is shown.</summary>
public sealed record FilePreview(FileEntry Entry, PreviewKind Kind, string? Text, bool Cut)
{
    public static async Task<FilePreview> ReadAsync(OpenFile file, CancellationToken cancellationToken)
    {
        var kind = PreviewRules.For(file.Entry.ContentType, file.Entry.Path, file.Entry.Size);
        if (kind is PreviewKind.None or PreviewKind.Image or PreviewKind.Pdf)
            return new FilePreview(file.Entry, kind, null, false);
        var buffer = new byte[Math.Min(file.Entry.Size, PreviewRules.MostText)];
        var length = await file.Content.ReadAtLeastAsync(buffer, buffer.Length, false, cancellationToken);
        var cut = file.Entry.Size > length;
        if (PreviewText.Decode(buffer.AsSpan(0, length), cut) is not { } text)
            return new FilePreview(file.Entry, PreviewKind.None, null, false);
        // Half a JSON document has no tree.
        return new FilePreview(file.Entry, kind == PreviewKind.Json && cut ? PreviewKind.Text : kind, text, cut);
    }
}
