using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AgentControl.Engine.Paging;

/// <summary>The place where a page ended, as text that callers hand back unread. A bad one reads as null.</summary>
public static class Cursor
{
    public static string Of(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    public static Guid? ReadGuid(string? cursor)
    {
        if (cursor is null || !Base64Url.IsValid(cursor))
            return null;
        var bytes = Base64Url.DecodeFromChars(cursor);
        return bytes.Length == 16 ? new Guid(bytes, bigEndian: true) : null;
    }

    public static string Of(long number) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    public static string Of(long number, string key) =>
        Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n{key}"))
        );

    public static (long Number, string Key)? ReadPlace(string? cursor)
    {
        if (cursor is null || !Base64Url.IsValid(cursor))
            return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('\n', 2);
        return
            parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, parts[1])
            : null;
    }

    public static long? ReadNumber(string? cursor)
    {
        if (cursor is null || !Base64Url.IsValid(cursor))
            return null;
        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
