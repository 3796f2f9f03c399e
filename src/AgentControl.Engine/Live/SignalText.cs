using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AgentControl.Engine.Live;

/// <summary>Numbers of one job's events, from the first to the last.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct EventRange(Guid JobId, long From, long To);

/// <summary>What processes tell each other: the sender and ranges of event numbers, within PostgreSQL's limit of a notification.</summary>
internal static class SignalText
{
    /// <summary>PostgreSQL takes 7,999 bytes.</summary>
    private const int MaxLength = 7_900;

    public static IEnumerable<string> Write(string sender, IEnumerable<EventRange> ranges)
    {
        var text = new StringBuilder(sender);
        foreach (var range in ranges)
        {
            var entry = string.Create(
                CultureInfo.InvariantCulture,
                $";{Base64Url.EncodeToString(range.JobId.ToByteArray(bigEndian: true))},{range.From},{range.To}"
            );
            if (text.Length + entry.Length > MaxLength)
            {
                yield return text.ToString();
                text.Clear().Append(sender);
            }
            text.Append(entry);
        }
        if (text.Length > sender.Length)
            yield return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; entries that make no sense are left out.</summary>
    public static (string Sender, IReadOnlyList<EventRange> Ranges) Read(string text)
    {
        var parts = text.Split(';');
        var ranges = new List<EventRange>(parts.Length - 1);
        foreach (var part in parts.Skip(1))
        {
            var fields = part.Split(',');
            if (
                fields.Length == 3
                && Base64Url.IsValid(fields[0], out var length)
                && length == 16
                && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            )
            {
                ranges.Add(new(new Guid(Base64Url.DecodeFromChars(fields[0]), bigEndian: true), from, to));
            }
        }
        return (parts[0], ranges);
    }
}
