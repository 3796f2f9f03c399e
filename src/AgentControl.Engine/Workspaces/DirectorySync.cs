using System.Runtime.InteropServices;
using System.Text;

namespace AgentControl.Engine.Workspaces;

/// <summary>Makes a rename durable: a new name lives in its directory, which needs an fsync of its own.</summary>
internal static class DirectorySync
{
    public static void Flush(string directory)
    {
        // Windows journals names with the file and has no handle for this.
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = NativeMethods.Open(Encoding.UTF8.GetBytes(directory + "\0"), 0);
        if (descriptor < 0)
            throw new IOException(
                $"The folder {directory} cannot be opened to make it durable (errno {Marshal.GetLastPInvokeError()})."
            );
        try
        {
            // Some network file systems answer EINVAL: they keep names durable by themselves.
            const int invalid = 22;
            if (NativeMethods.Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() != invalid)
                throw new IOException(
                    $"The folder {directory} cannot be made durable (errno {Marshal.GetLastPInvokeError()})."
                );
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
