// The program of a renderer process: all that ever decodes an image. The build makes it a file of its own.
import { render } from "../render/render.ts";
import { serve } from "./serve.ts";

serve(render);
