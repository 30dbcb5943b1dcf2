// Finding and loading the native library, and what is one for the whole process.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The native library. It is looked for in this order: the file that the environment variable {@code TCSMS_LIBRARY} names;
 * beside the jar or the folder of the classes; in the jar, from where it is written to a folder of the user's own.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public final class Native {
    /** The version of this library, which that of the native library must equal. */
    public static final String VERSION = "0.1.0";

    private static final String FILE = "libtcsms_java.so";

    /** For what nobody but this user may touch. */
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

    /** What went wrong at loading, or null. */
    private static final String FAULT = load();

    private Native() {
    }

    /**
     * Sees to it that the native library is there.
     *
     * @throws TencentCloudSDKException when it could not be loaded, with what to do about it
     */
    public static void needed() throws TencentCloudSDKException {
        if (FAULT != null) {
            throw Failures.local("ClientError.ConfigError", "config", FAULT, null);
        }
    }

    /** Takes log lines. */
    interface Sink {
        void line(int level, String text);
    }

    static native String version();

    static native void setLog(Sink sink, int level);

    private static native boolean shutDown(int waitMs);

    /**
     * Ends the thread that makes the calls without waiting; such calls under way end with an error, and every later call
     * is refused. A program needs this only before it has the library unloaded: the thread does not keep a program alive.
     *
     * @param waitMs how long to wait for its end, in milliseconds
     * @return whether it has ended
     * @throws TencentCloudSDKException when the native library could not be loaded
     */
    public static boolean end(int waitMs) throws TencentCloudSDKException {
        needed();
        return shutDown(waitMs);
    }

    private static String load() {
        String named = System.getenv("TCSMS_LIBRARY");
        if (named != null && !named.isEmpty()) {
            String fault = tryLoad(Paths.get(named).toAbsolutePath());
            return fault == null ? null : "TCSMS_LIBRARY names " + named + ", which cannot be loaded as the native library "
                    + "of tcsms for Java " + VERSION + " (" + fault + "): name its " + FILE + ", or unset the variable";
        }
        Path beside = beside();
        if (beside != null && Files.isRegularFile(beside)) {
            String fault = tryLoad(beside);
            return fault == null ? null : "the native library " + beside + " cannot be loaded (" + fault
                    + "): put the one of tcsms " + VERSION + " for this machine there, or take it away";
        }
        String platform = platform();
        String place = "native/" + platform + "/" + FILE;
        URL held = Native.class.getResource(place);
        if (held == null) {
            return "this tcsms has no native library for " + platform + ": use a jar that was built for it, or let "
                    + "TCSMS_LIBRARY name a " + FILE + " of version " + VERSION;
        }
        try {
            return extracted(held, hash(place));
        } catch (IOException | RuntimeException e) {
            return "the native library could not be taken out of the jar (" + e + "): let TCSMS_LIBRARY name a " + FILE
                    + " of version " + VERSION;
        }
    }

    /** Loads it and looks at its version; what is wrong, or null. */
    private static String tryLoad(Path file) {
        try {
            System.load(file.toString());
        } catch (UnsatisfiedLinkError | SecurityException e) {
            String fault = String.valueOf(e.getMessage());
            return fault.contains("already loaded in another classloader") ? loadCopy(file) : fault;
        }
        return checked();
    }

    /** What is wrong with the library that was loaded, or null. */
    private static String checked() {
        try {
            String found = version();
            return found.equals(VERSION) ? null : "it is of version " + found + ", and these classes are of " + VERSION;
        } catch (UnsatisfiedLinkError e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * Loads a copy, for the classes of one more class loader in this machine (a second application in a container): a file
     * is loaded for one class loader only. The copy has no name any more once it is loaded.
     */
    private static String loadCopy(Path file) {
        return fromFolders(folder -> {
            Path copy = Files.createTempFile(own(folder), "libtcsms_java-", ".so");
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                System.load(copy.toString());
                return checked();
            } finally {
                Files.deleteIfExists(copy);
            }
        });
    }

    private static Path beside() {
        try {
            CodeSource source = Native.class.getProtectionDomain().getCodeSource();
            if (source == null || source.getLocation() == null) {
                return null;
            }
            Path place = Paths.get(source.getLocation().toURI());
            Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
            return folder == null ? null : folder.resolve(FILE);
        } catch (Exception e) {
            // Classes that come from elsewhere than a file have nothing beside them.
            return null;
        }
    }

    static String platform() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        machine = machine.equals("amd64") ? "x86_64" : machine.equals("arm64") ? "aarch64" : machine;
        return system.replace(' ', '_') + "-" + machine;
    }

    /** The hash of the library's bytes, which was written beside it when the jar was made. */
    private static String hash(String place) throws IOException {
        try (InputStream in = Native.class.getResourceAsStream(place + ".sha256")) {
            byte[] bytes = new byte[64];
            int length = 0;
            for (int n; in != null && length < 64 && (n = in.read(bytes, length, 64 - length)) > 0;) {
                length += n;
            }
            String hash = new String(bytes, 0, length, StandardCharsets.US_ASCII);
            if (!hash.matches("[0-9a-f]{64}")) {
                throw new IOException("the jar does not say the library's hash");
            }
            return hash.substring(0, 32);
        }
    }

    /** Loads the library from a file in the folder; what is wrong, or null. */
    private interface Loading {
        String from(Path folder) throws IOException;
    }

    /** Loads it from one of the folders; where one does not do (files there may not be executed, say), from the next. */
    private static String fromFolders(Loading loading) {
        List<Path> folders = new ArrayList<>();
        String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        folders.add(Paths.get(System.getProperty("java.io.tmpdir", "/tmp")).resolve("tcsms-java-" + user));
        String cache = System.getenv("XDG_CACHE_HOME");
        if (cache != null && new File(cache).isAbsolute()) {
            folders.add(Paths.get(cache, "tcsms-java"));
        }
        folders.add(Paths.get(System.getProperty("user.home", "/")).resolve(".cache").resolve("tcsms-java"));
        StringBuilder faults = new StringBuilder();
        for (Path folder : folders) {
            String fault;
            try {
                fault = loading.from(folder);
                if (fault == null) {
                    return null;
                }
            } catch (IOException | RuntimeException e) {
                fault = e.toString();
            } catch (UnsatisfiedLinkError e) {
                fault = String.valueOf(e.getMessage());
            }
            faults.append(faults.length() == 0 ? "" : "; ").append(folder).append(": ").append(fault);
        }
        return "the native library could not be loaded from any folder (" + faults + "): let -Djava.io.tmpdir name a folder "
                + "whose files may be executed, or TCSMS_LIBRARY the library " + FILE + " itself";
    }

    /** Loads the library of the jar, which is written under a name that its content determines. */
    private static String extracted(URL held, String hash) {
        return fromFolders(folder -> tryLoad(write(held, own(folder), "libtcsms_java-" + hash + ".so")));
    }

    /** The folder, which is made if need be; it is refused when others than this user may write to it. */
    private static Path own(Path folder) throws IOException {
        if (folder.getParent() != null) {
            Files.createDirectories(folder.getParent());
        }
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
        } catch (FileAlreadyExistsException e) {
            // One that is there is looked at below.
        }
        // Made by this process, so its owner is this user.
        Path fresh = Files.createTempFile(folder, "owner", ".new");
        try {
            Set<PosixFilePermission> found = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(fresh))
                    || found.contains(PosixFilePermission.GROUP_WRITE) || found.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException("others may write to the folder, so it is not used");
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
        return folder;
    }

    private static Path write(URL held, Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        // A file of the name is there whole: it comes by being renamed.
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return file;
        }
        Path fresh = Files.createTempFile(folder, name, ".new");
        try {
            try (InputStream in = held.openStream()) {
                Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(fresh, OWN);
            try {
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(fresh, file);
            }
            return file;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
